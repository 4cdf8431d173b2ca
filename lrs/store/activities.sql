-- definitions --
-- What statements have said about an activity, oldest first.
SELECT definition FROM {tenant}.activity_definition WHERE activity = %(activity)s ORDER BY position, digest
