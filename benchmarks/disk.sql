-- sizes --
-- Every table, with what it keeps out of line, and every index of it; large enough to matter.
SELECT t.relname::text, 'table', pg_table_size(t.oid) AS size
  FROM pg_class AS t
 WHERE t.relnamespace = '{tenant}'::regnamespace AND t.relkind = 'r' AND pg_table_size(t.oid) >= %(least)s
 UNION ALL
SELECT t.relname::text, i.relname::text, pg_relation_size(i.oid)
  FROM pg_class AS t JOIN pg_index AS x ON x.indrelid = t.oid JOIN pg_class AS i ON i.oid = x.indexrelid
 WHERE t.relnamespace = '{tenant}'::regnamespace AND t.relkind = 'r' AND pg_relation_size(i.oid) >= %(least)s
 ORDER BY 1, 2 DESC

-- wal --
SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint
