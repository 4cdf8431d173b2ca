-- create --
INSERT INTO lrs.tenant (name, created) VALUES (%(name)s, now()) ON CONFLICT DO NOTHING RETURNING name

-- names --
SELECT name, created FROM lrs.tenant ORDER BY name
