-- definitions --
-- What statements have said about activities, oldest first.
SELECT activity, definition FROM {tenant}.activity_definition
 WHERE activity = ANY(%(activities)s::uuid[])
 ORDER BY position, digest
