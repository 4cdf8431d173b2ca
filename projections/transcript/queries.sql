-- evidence --
-- Everything said of these identifiers up to a position, what voids it, and what registrars have done about a learner.
WITH said AS MATERIALIZED (
    SELECT position, statement, as_member, facts
      FROM {tenant}.{projection}_contribution
     WHERE ifi = ANY(%(ifis)b::uuid[]) AND position <= %(position)s
)
SELECT CASE WHEN as_member THEN 'member' ELSE 'actor' END, position, statement::text, NULL, facts FROM said
 UNION ALL
SELECT 'shared', position, NULL, NULL, facts
  FROM {tenant}.{projection}_shared
 WHERE position IN (SELECT position FROM said WHERE facts IS NULL)
 UNION ALL
SELECT 'void', position, statement::text, target::text, facts
  FROM {tenant}.{projection}_voided
 WHERE target IN (SELECT statement FROM said) AND position <= %(position)s
 UNION ALL
SELECT 'decision', position, NULL, NULL, facts
  FROM {tenant}.{projection}_decision
 WHERE learner = %(learner)s AND position <= %(position)s
 UNION ALL
SELECT 'issue', position, NULL, NULL, facts
  FROM {tenant}.{projection}_issue
 WHERE learner = %(learner)s AND position <= %(position)s

-- references --
-- Who has verified one of these statements up to a position, and what voids that?
WITH said AS MATERIALIZED (
    SELECT position, statement, target, facts
      FROM {tenant}.{projection}_reference
     WHERE target = ANY(%(targets)b::uuid[]) AND position <= %(position)s
)
SELECT 'reference', position, statement::text, target::text, facts FROM said
 UNION ALL
SELECT 'void', position, statement::text, target::text, facts
  FROM {tenant}.{projection}_voided
 WHERE target IN (SELECT statement FROM said) AND position <= %(position)s

-- stored --
SELECT stored FROM {tenant}.log WHERE notification_id = %(position)s
