-- create --
INSERT INTO lrs.tenant (name, created) VALUES (%(name)s, now()) ON CONFLICT DO NOTHING RETURNING name

-- names --
SELECT name, created FROM lrs.tenant ORDER BY name

-- exists --
SELECT 1 FROM lrs.tenant WHERE name = %(name)s

-- claiming --
SELECT 1 FROM {tenant}.key WHERE starts_with(key, %(prefix)s) LIMIT 1
