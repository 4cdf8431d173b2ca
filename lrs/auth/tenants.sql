-- create --
INSERT INTO lrs.tenant (name, created) VALUES (%(name)s, now()) ON CONFLICT DO NOTHING RETURNING name

-- names --
SELECT name, created FROM lrs.tenant ORDER BY name

-- exists --
SELECT 1 FROM lrs.tenant WHERE name = %(name)s

-- claiming --
SELECT 1 FROM {tenant}.key WHERE starts_with(key, %(prefix)s) LIMIT 1

-- behind --
-- Tenants without the note that all migrations are applied. One question for all: a visit to each takes seconds
-- where there are thousands.
SELECT t.name FROM lrs.tenant AS t
  LEFT JOIN pg_namespace AS n ON n.nspname = 'tenant_' || t.name
  LEFT JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = 'migration'
 WHERE obj_description(c.oid, 'pg_class') IS DISTINCT FROM %(note)s
 ORDER BY t.name
