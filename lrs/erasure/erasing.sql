-- erase --
-- The trigger lets no other change through (migration 0014).
UPDATE {tenant}.log AS l SET state = '', salt = NULL, leaf = {tenant}.leaf_of(l)
 WHERE notification_id = ANY(%(positions)s)

-- forget_sessions --
DELETE FROM {tenant}.cmi5_session WHERE session = ANY(%(sessions)s)

-- forget_keys --
DELETE FROM {tenant}.key WHERE key = ANY(%(keys)s)

-- tables --
-- Those of the tenant that this role may clean.
SELECT schemaname::text, tablename::text FROM pg_tables
 WHERE schemaname = (SELECT n.nspname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                      WHERE c.oid = '{tenant}.log'::regclass)
   AND pg_has_role(tableowner, 'USAGE')
