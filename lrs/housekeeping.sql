-- unanalyzed --
-- Tables over 256 kB without statistics, or with some from when they were less than four fifths of what they are.
SELECT c.oid, n.nspname, c.relname, pg_has_role(c.relowner, 'USAGE')
  FROM lrs.tenant AS t
  JOIN pg_namespace AS n ON n.nspname = 'tenant_' || t.name
  JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relkind = 'r'
 CROSS JOIN LATERAL (SELECT pg_relation_size(c.oid) / 8192 AS pages OFFSET 0) AS now
 WHERE (%(table)s::oid IS NULL OR c.oid = %(table)s)
   AND now.pages > 32
   AND (c.relpages < 0.8 * now.pages
        OR NOT EXISTS (SELECT FROM pg_stats AS s WHERE s.schemaname = n.nspname AND s.tablename = c.relname))
 ORDER BY n.nspname, c.relname
