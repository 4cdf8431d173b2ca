-- contributions --
-- Everything said of these identifiers up to a position.
SELECT position, statement::text, facts
  FROM {tenant}.{projection}_contribution
 WHERE ifi = ANY(%(ifis)b::uuid[]) AND position <= %(position)s

-- references --
-- Who has verified one of these statements up to a position?
SELECT position, statement::text, target::text, facts
  FROM {tenant}.{projection}_reference
 WHERE target = ANY(%(targets)b::uuid[]) AND position <= %(position)s

-- voids --
-- Who has voided one of these statements up to a position?
SELECT position, statement::text, target::text, facts
  FROM {tenant}.{projection}_voided
 WHERE target = ANY(%(targets)b::uuid[]) AND position <= %(position)s

-- decisions --
-- What registrars have decided about a learner up to a position.
SELECT position, facts
  FROM {tenant}.{projection}_decision
 WHERE learner = %(learner)s AND position <= %(position)s

-- issues --
-- Which transcripts of a learner have gone out up to a position?
SELECT position, facts
  FROM {tenant}.{projection}_issue
 WHERE learner = %(learner)s AND position <= %(position)s
