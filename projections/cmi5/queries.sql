-- said --
-- Everything that was said in registrations, named or of these identifiers, up to a position, with what voids it.
WITH said AS MATERIALIZED (
    SELECT registration, position, statement, facts
      FROM {tenant}.{projection}_said
     WHERE registration IN (SELECT registration FROM {tenant}.{projection}_said
                             WHERE ifi = ANY(%(ifis)b::uuid[]) AND position <= %(position)s
                             UNION ALL SELECT %(registration)s::uuid)
       AND position <= %(position)s
)
SELECT 'said', position, statement::text, registration::text, facts FROM said
 UNION ALL
SELECT 'void', position, target::text, NULL, authorities
  FROM {tenant}.{projection}_voided
 WHERE target IN (SELECT statement FROM said) AND position <= %(position)s

-- state --
-- Up to which event, and of how many, are the courses made? An event that was set aside may come in late.
SELECT coalesce(max(position), 0), count(*) FROM {tenant}.{projection}_structure WHERE position <= %(position)s

-- structures --
-- The newest version of each course.
SELECT DISTINCT ON (structure) structure::text, position, sha256, body
  FROM {tenant}.{projection}_structure
 WHERE position <= %(position)s
 ORDER BY structure, position DESC
