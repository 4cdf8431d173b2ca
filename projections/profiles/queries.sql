-- changes --
-- What was added and adopted up to a position, oldest first.
SELECT position, profile, sha256, NULL AS policy FROM {tenant}.{projection}_added WHERE position <= %(position)s
 UNION ALL
SELECT position, profile, NULL, policy FROM {tenant}.{projection}_policy WHERE position <= %(position)s
 ORDER BY position

-- document --
SELECT document FROM {tenant}.{projection}_added WHERE position = %(added)s

-- uncounted --
-- The blocks before another that were not counted for a document.
SELECT each.block::bigint
  FROM generate_series(0, %(count)s - 1) AS each (block)
 WHERE NOT EXISTS (SELECT FROM {tenant}.{projection}_tally AS t WHERE t.added = %(added)s AND t.block = each.block)

-- tallies --
SELECT block, facts FROM {tenant}.{projection}_tally
 WHERE added = %(added)s AND block >= %(first)s AND block < %(end)s
 ORDER BY block

-- statements --
-- The statements after a position, oldest first: as many as have so many bytes, but the first in any case.
WITH weighed AS (
    SELECT notification_id, state,
           sum(octet_length(state)) OVER (ORDER BY notification_id) - octet_length(state) AS before
      FROM {tenant}.log
     WHERE notification_id > %(after)s AND notification_id <= %(until)s
       AND topic = 'statement-stored' AND leaf IS NULL
)
SELECT notification_id, state FROM weighed WHERE before < %(most)s ORDER BY notification_id

-- named --
-- A statement by its id, and whether another voids it.
SELECT notification_id, state,
       EXISTS (SELECT FROM {tenant}.{projection}_voided WHERE target = %(id)s AND position <= %(position)s)
  FROM {tenant}.log
 WHERE originator_id = %(id)s AND originator_version = 1 AND notification_id <= %(position)s
   AND topic = 'statement-stored' AND leaf IS NULL

-- of_registration --
-- The statements of a registration after one of them, in the order they came, and whether others void them.
SELECT l.notification_id, l.state,
       EXISTS (SELECT FROM {tenant}.{projection}_voided AS v
                WHERE v.target = l.originator_id AND v.position <= %(position)s)
  FROM {tenant}.{projection}_said AS s
  JOIN {tenant}.log AS l ON l.notification_id = s.position AND l.leaf IS NULL
 WHERE s.registration = %(registration)s AND s.position > %(after)s AND s.position <= %(position)s
 ORDER BY s.position
 LIMIT %(limit)s

-- voided --
-- The statements of a span that others void, up to a position.
SELECT l.notification_id, l.state
  FROM {tenant}.log AS l
 WHERE l.originator_id IN (SELECT target FROM {tenant}.{projection}_voided WHERE position <= %(position)s)
   AND l.originator_version = 1 AND l.topic = 'statement-stored' AND l.leaf IS NULL
   AND l.notification_id > %(after)s AND l.notification_id <= %(until)s
 ORDER BY l.notification_id

-- before --
-- The last position stored before a time.
SELECT notification_id FROM {tenant}.log WHERE stored < %(time)s ORDER BY stored DESC LIMIT 1
