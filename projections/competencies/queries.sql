-- news --
-- What has become known of these identifiers since a position: what they have scored or met, as `shown` has it; whether
-- anything has been said directly of them, or of that; and the statements that others have spoken of, whoever's they are.
WITH hers AS MATERIALIZED (
    SELECT statement, at, score, candidates, authority
      FROM {tenant}.{projection}_evidence
     WHERE ifi = ANY(%(ifis)b::uuid[]) AND position > %(since)s AND position <= %(position)s
     ORDER BY at, statement
), spoken_of AS (
    (SELECT target FROM {tenant}.{projection}_voided
      WHERE position > %(since)s AND position <= %(position)s LIMIT %(most)s)
     UNION ALL
    (SELECT target FROM {tenant}.{projection}_reference
      WHERE position > %(since)s AND position <= %(position)s LIMIT %(most)s)
)
SELECT array_agg(statement::text), array_agg(at), array_agg(score), array_agg(candidates), array_agg(authority),
       EXISTS (SELECT FROM {tenant}.{projection}_claim
                WHERE ifi = ANY(%(ifis)b::uuid[]) AND position > %(since)s AND position <= %(position)s)
       OR EXISTS (SELECT FROM hers JOIN {tenant}.{projection}_voided AS v ON v.target = hers.statement
                   WHERE v.position <= %(position)s)
       OR EXISTS (SELECT FROM hers JOIN {tenant}.{projection}_reference AS r ON r.target = hers.statement
                   WHERE r.position <= %(position)s),
       (SELECT array_agg(target::text) FROM spoken_of)
  FROM hers

-- shown --
-- What these identifiers have scored or met up to a position, oldest first: one row of columns, for a learner may
-- have thousands of pieces of evidence.
SELECT array_agg(statement::text), array_agg(at), array_agg(score), array_agg(candidates), array_agg(authority)
  FROM (SELECT statement, at, score, candidates, authority
          FROM {tenant}.{projection}_evidence
         WHERE ifi = ANY(%(ifis)b::uuid[]) AND position <= %(position)s
         ORDER BY at, statement) AS hers

-- shown_by_each --
-- The same, for each identifier by itself.
SELECT ifi, array_agg(statement::text), array_agg(at), array_agg(score), array_agg(candidates), array_agg(authority)
  FROM (SELECT ifi, statement, at, score, candidates, authority
          FROM {tenant}.{projection}_evidence
         WHERE ifi = ANY(%(ifis)b::uuid[]) AND position <= %(position)s
         ORDER BY ifi, at, statement) AS theirs
 GROUP BY ifi

-- everybody --
-- Of whom is anything known up to a position, and how much?
SELECT ifi, sum(pieces)::bigint
  FROM (SELECT ifi, count(*) AS pieces FROM {tenant}.{projection}_evidence WHERE position <= %(position)s GROUP BY ifi
         UNION ALL
        SELECT ifi, count(*) FROM {tenant}.{projection}_claim WHERE position <= %(position)s GROUP BY ifi) AS known
 GROUP BY ifi
 ORDER BY ifi

-- claims --
-- What has been said directly of these identifiers up to a position.
SELECT ifi, position, statement::text, facts
  FROM {tenant}.{projection}_claim
 WHERE ifi = ANY(%(ifis)b::uuid[]) AND position <= %(position)s

-- voids --
-- Who has voided what is known of these identifiers, or one of these statements, up to a position?
SELECT position, statement::text, target::text, facts
  FROM {tenant}.{projection}_voided
 WHERE position <= %(position)s
   AND target IN (SELECT statement FROM {tenant}.{projection}_evidence WHERE ifi = ANY(%(ifis)b::uuid[])
                   UNION ALL
                  SELECT statement FROM {tenant}.{projection}_claim WHERE ifi = ANY(%(ifis)b::uuid[])
                   UNION ALL
                  SELECT unnest(%(others)b::uuid[]))

-- references --
-- Who has verified one of these statements, or ended the goal that it set, up to a position?
SELECT position, statement::text, target::text, facts
  FROM {tenant}.{projection}_reference
 WHERE target = ANY(%(targets)b::uuid[]) AND position <= %(position)s

-- named --
-- What statements call the competencies that they name, by which statement.
SELECT named
  FROM {tenant}.{projection}_evidence
 WHERE ifi = ANY(%(ifis)b::uuid[]) AND position <= %(position)s AND named <> ''
   AND statement = ANY(%(statements)b::uuid[])
 ORDER BY at, statement
