-- When a key was issued and revoked is told by the log, to the microsecond: so its row can be made of the log again.
WITH said AS MATERIALIZED (
    -- Here one escape that PostgreSQL refuses is as good as another.
    SELECT replace(convert_from(state, 'UTF8'), '\u0000', '\u0001')::json ->> 'key' AS key, topic, stored
      FROM {tenant}.log
     WHERE topic <> 'statement-stored' AND topic <> 'document-stored' AND topic <> 'document-deleted'
       AND topic IN ('key-issued', 'key-revoked') AND leaf IS NULL
), times AS MATERIALIZED (
    SELECT key, min(stored) FILTER (WHERE topic = 'key-issued') AS issued,
           max(stored) FILTER (WHERE topic = 'key-revoked') AS revoked
      FROM said GROUP BY key
)
UPDATE {tenant}.key AS k
   SET issued = coalesce(times.issued, k.issued),
       revoked = CASE WHEN k.revoked IS NOT NULL THEN coalesce(times.revoked, k.revoked) END
  FROM times WHERE times.key = k.key;
