-- tables --
-- The tables that statements fill; the others hold a row or two.
SELECT relname::text
  FROM pg_class
 WHERE relnamespace = '{tenant}'::regnamespace AND relkind = 'r' AND relname NOT IN ('head', 'key', 'migration', 'access', 'access_head')
 ORDER BY oid

-- drop --
DROP SCHEMA {tenant} CASCADE

-- forget --
DELETE FROM lrs.tenant WHERE name = %(name)s
