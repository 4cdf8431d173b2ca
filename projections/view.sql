-- choose --
-- The newest finished build of each projection that this program's code can read.
SELECT DISTINCT ON (p.name)
       p.name, p.version, p.code, p.tables, p.position, true
  FROM {tenant}.projection AS p
  JOIN unnest(%(names)s::text[], %(codes)s::integer[]) AS wanted (name, code)
    ON wanted.name = p.name AND wanted.code = p.code
 WHERE p.finished IS NOT NULL
 ORDER BY p.name, p.version DESC

-- stored --
SELECT stored FROM {tenant}.log WHERE notification_id = %(position)s
