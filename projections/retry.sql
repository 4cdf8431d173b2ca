-- hold --
-- Neither a runner nor a switch moves the build meanwhile, and nobody else retries what failed in it.
SELECT position FROM {tenant}.projection WHERE name = %(name)s AND version = %(version)s FOR UPDATE

-- failed --
SELECT position FROM {tenant}.projection_failure
 WHERE name = %(name)s AND version = %(version)s AND position > %(after)s
 ORDER BY position LIMIT %(limit)s

-- events --
SELECT notification_id, stored, topic, originator_id, originator_version, state,
       CASE WHEN %(salted)s THEN uuid_send(salt) END, leaf
  FROM {tenant}.log
 WHERE notification_id = ANY(%(positions)s)
 ORDER BY notification_id

-- succeeded --
-- Rows were added of positions that the build had passed.
WITH succeeded AS (
    DELETE FROM {tenant}.projection_failure
     WHERE name = %(name)s AND version = %(version)s AND position = ANY(%(positions)s)
)
UPDATE {tenant}.projection SET amended = amended + 1 WHERE name = %(name)s AND version = %(version)s
