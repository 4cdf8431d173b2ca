-- definitions --
-- What statements have said about activities, oldest first.
SELECT activity, definition FROM {tenant}.activity_definition
 WHERE activity = ANY(%(activities)s::uuid[])
 ORDER BY position, digest

-- sizes --
-- How many bytes statements have said about activities.
SELECT activity, sum(octet_length(definition))::bigint FROM {tenant}.activity_definition
 WHERE activity = ANY(%(activities)s::uuid[])
 GROUP BY activity
