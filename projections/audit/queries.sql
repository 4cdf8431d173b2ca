-- span --
-- The hashes of one level, side by side.
SELECT index, hash FROM {tenant}.{projection}_hash
 WHERE level = %(level)s AND index >= %(first)s AND index < %(end)s
 ORDER BY index

-- spans --
-- The same, of several levels and places at once. OFFSET 0 keeps the look-ups apart: one in the index for each.
SELECT span.level, h.index, h.hash
  FROM unnest(%(levels)s::smallint[], %(firsts)s::bigint[], %(ends)s::bigint[]) AS span (level, first, stop),
       LATERAL (SELECT index, hash FROM {tenant}.{projection}_hash
                 WHERE level = span.level AND index >= span.first AND index < span.stop OFFSET 0) AS h

-- positions --
-- Where are these statements?
SELECT originator_id, notification_id FROM {tenant}.log
 WHERE originator_id = ANY(%(statements)s::uuid[]) AND originator_version = 1 AND topic = 'statement-stored'
   AND notification_id <= %(size)s

-- entries --
SELECT notification_id, stored, topic, originator_id, originator_version, state, uuid_send(salt), leaf
  FROM {tenant}.log
 WHERE notification_id = ANY(%(positions)s::bigint[])
 ORDER BY notification_id

-- leaves --
SELECT index, hash FROM {tenant}.{projection}_hash WHERE level = 0 ORDER BY index

-- above --
SELECT level, index, hash FROM {tenant}.{projection}_hash WHERE level <> 0 ORDER BY level, index
