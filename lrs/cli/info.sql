-- server --
SELECT current_setting('server_version')

-- statements --
-- How many of a tenant's events are statements?
SELECT count(*) FROM {tenant}.log WHERE topic = 'statement-stored'

-- sizes --
-- Everything in each tenant's schema, with its indexes. One question for all: each would look through the whole
-- catalogue.
SELECT t.name, coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint
  FROM lrs.tenant AS t
  JOIN pg_namespace AS n ON n.nspname = 'tenant_' || t.name
  LEFT JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relkind = 'r'
 GROUP BY t.name
