-- definitions --
-- What statements have said about an activity, oldest first.
SELECT definition FROM {tenant}.activity_definition WHERE activity = %(activity)s ORDER BY position, digest

-- definitions_of --
-- The same for many activities.
SELECT activity, definition FROM {tenant}.activity_definition
 WHERE activity = ANY(%(activities)s::uuid[])
 ORDER BY position
