-- last --
SELECT position FROM {tenant}.head

-- samples --
SELECT state, stored
  FROM {tenant}.log
 WHERE notification_id = ANY (%(positions)s) AND topic = 'statement-stored'
   AND originator_id NOT IN (SELECT statement FROM {tenant}.voided)
 ORDER BY notification_id
