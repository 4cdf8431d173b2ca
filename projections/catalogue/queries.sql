-- state --
-- Up to which event, and of how many, is it made? An event that was set aside may come in late.
SELECT coalesce(max(position), 0), count(*) FROM {tenant}.{projection}_entry WHERE position <= %(position)s

-- entries --
-- The newest entry of each thing.
SELECT DISTINCT ON (kind, id) kind, id, position, body
  FROM {tenant}.{projection}_entry
 WHERE position <= %(position)s
 ORDER BY kind, id, position DESC
