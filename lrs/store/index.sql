-- refer --
INSERT INTO {tenant}.statement_ref (position, statement, target, voiding)
SELECT head.previous + r.number, r.statement, r.target, r.voiding
  FROM {tenant}.head,
       unnest(%(numbers)s::integer[], %(statements)s::uuid[], %(targets)s::uuid[], %(voidings)s::boolean[])
       AS r (number, statement, target, voiding)
 WHERE head.one

-- void --
-- Data 2.3.2: a voiding statement cannot be voided, in whichever order the two arrive.
INSERT INTO {tenant}.voided (statement)
SELECT DISTINCT r.target
  FROM {tenant}.head, {tenant}.statement_ref AS r
 WHERE head.one AND r.position > head.previous AND r.voiding
   AND NOT EXISTS (SELECT FROM {tenant}.statement_ref AS v WHERE v.statement = r.target AND v.voiding)
    ON CONFLICT DO NOTHING

-- unvoid --
DELETE FROM {tenant}.voided AS v
 USING {tenant}.head, {tenant}.statement_ref AS r
 WHERE head.one AND r.position > head.previous AND r.voiding AND v.statement = r.statement

-- reached --
-- What the new references lead to, directly or through others; %(steps)s bounds a chain made to hurt.
WITH RECURSIVE reached AS (
    SELECT r.position - head.previous AS number, r.target, 1 AS step
      FROM {tenant}.head, {tenant}.statement_ref AS r
     WHERE head.one AND r.position > head.previous
     UNION
    SELECT reached.number, r.target, reached.step + 1
      FROM reached JOIN {tenant}.statement_ref AS r ON r.statement = reached.target
     WHERE reached.step < %(steps)s
)
SELECT DISTINCT reached.number, l.originator_id, l.state
  FROM reached
  JOIN {tenant}.log AS l ON l.originator_id = reached.target AND l.originator_version = 1
 WHERE l.topic = 'statement-stored'

-- terms --
-- The terms of the new statements, also for older ones that refer to them, directly or through others.
-- What a new statement refers to is among its own terms already; so only the older can have a term twice.
-- $1 terms, $2 the number of the statement that each belongs to, $3 ids of the statements
WITH RECURSIVE own AS (
    SELECT term, number FROM unnest($1::uuid[], $2::integer[]) AS t (term, number)
), referrer AS (
    SELECT arrived.number, r.position, r.statement, 1 AS step
      FROM unnest($3::uuid[]) WITH ORDINALITY AS arrived (id, number)
      JOIN {tenant}.statement_ref AS r ON r.target = arrived.id
     UNION
    SELECT referrer.number, r.position, r.statement, referrer.step + 1
      FROM referrer JOIN {tenant}.statement_ref AS r ON r.target = referrer.statement
     WHERE referrer.step < 100
), inherited AS (
    INSERT INTO {tenant}.statement_term (term, position)
    SELECT own.term, referrer.position
      FROM {tenant}.head, referrer JOIN own USING (number)
     WHERE head.one AND referrer.position <= head.previous
        ON CONFLICT DO NOTHING
)
INSERT INTO {tenant}.statement_term (term, position)
SELECT own.term, head.previous + own.number FROM {tenant}.head, own WHERE head.one

-- describe --
-- $1 activities, $2 digests, $3 numbers of the statements, $4 definitions
INSERT INTO {tenant}.activity_definition (activity, digest, position, definition)
SELECT about, digest, head.previous + number, content
  FROM {tenant}.head,
       unnest($1::uuid[], $2::uuid[], $3::integer[], $4::bytea[])
       AS said (about, digest, number, content)
 WHERE head.one
    ON CONFLICT DO NOTHING

-- name --
-- $1 agents, $2 digests, $3 numbers of the statements, $4 names
INSERT INTO {tenant}.agent_name (agent, digest, position, name)
SELECT about, digest, head.previous + number, content
  FROM {tenant}.head,
       unnest($1::uuid[], $2::uuid[], $3::integer[], $4::bytea[])
       AS said (about, digest, number, content)
 WHERE head.one
    ON CONFLICT DO NOTHING

-- attach --
INSERT INTO {tenant}.attachment (position, sha2, content_type)
SELECT head.previous + a.number, a.sha2, a.content_type
  FROM {tenant}.head,
       unnest(%(numbers)s::integer[], %(sha2s)s::bytea[], %(content_types)s::text[])
       AS a (number, sha2, content_type)
 WHERE head.one
    ON CONFLICT DO NOTHING
