-- server --
SELECT current_setting('server_version')

-- statements --
-- How many of a tenant's events are statements?
SELECT count(*) FROM {tenant}.log WHERE topic = 'statement-stored'

-- size --
-- Everything in a tenant's schema, with its indexes.
SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname = %(schema)s AND c.relkind = 'r'
