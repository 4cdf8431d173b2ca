-- erase --
-- The trigger lets no other change through (migration 0014).
UPDATE {tenant}.log AS l SET state = '', salt = NULL, leaf = {tenant}.leaf_of(l)
 WHERE notification_id = ANY(%(positions)s)

-- forget_sessions --
DELETE FROM {tenant}.cmi5_session WHERE session = ANY(%(sessions)s)

-- forget_keys --
DELETE FROM {tenant}.key WHERE key = ANY(%(keys)s)

-- tables --
-- Those of the tenant that this role may clean; the log is the last, and so tells whether all have been.
SELECT schemaname::text, tablename::text FROM pg_tables
 WHERE schemaname = (SELECT n.nspname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                      WHERE c.oid = '{tenant}.log'::regclass)
   AND pg_has_role(tableowner, 'USAGE')
 ORDER BY tablename = 'log', tablename

-- unvacuumed --
-- Something was erased since this role has cleaned the log, which it may.
SELECT true
  FROM pg_class AS c
 WHERE c.oid = '{tenant}.log'::regclass AND pg_has_role(c.relowner, 'USAGE')
   AND EXISTS (SELECT FROM unnest(%(topics)s::text[]) AS t (topic),
                    LATERAL (SELECT l.stored FROM {tenant}.log AS l
                              WHERE l.topic = t.topic AND l.topic <> 'statement-stored'
                                AND l.topic <> 'document-stored' AND l.topic <> 'document-deleted'
                              ORDER BY l.notification_id DESC LIMIT 1) AS newest
               WHERE newest.stored > coalesce(pg_stat_get_last_vacuum_time(c.oid), '-infinity'))
