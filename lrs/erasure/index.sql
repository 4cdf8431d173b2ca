-- referrers --
-- What refers to these statements, directly or through others, and stays.
WITH RECURSIVE gone AS (
    SELECT originator_id AS id FROM {tenant}.log WHERE notification_id = ANY(%(positions)s)
), referring AS (
    SELECT r.position, r.statement FROM gone JOIN {tenant}.statement_ref AS r ON r.target = gone.id
     UNION
    SELECT r.position, r.statement
      FROM referring JOIN {tenant}.statement_ref AS r ON r.target = referring.statement
)
SELECT position, statement FROM referring WHERE position <> ALL(%(positions)s)

-- forget_references --
DELETE FROM {tenant}.statement_ref WHERE position = ANY(%(positions)s)

-- forget_terms --
DELETE FROM {tenant}.statement_term AS t
 USING unnest(%(terms)s::uuid[], %(positions)s::bigint[]) AS gone (term, position)
 WHERE t.term = gone.term AND t.position = gone.position

-- index --
INSERT INTO {tenant}.statement_term (term, position)
SELECT term, position FROM unnest(%(terms)s::uuid[], %(positions)s::bigint[]) AS found (term, position)

-- target --
-- Where a statement leads, and what that says unless it is too large or not there.
SELECT r.target, CASE WHEN octet_length(l.state) <= %(largest)s THEN l.state END
  FROM {tenant}.statement_ref AS r
  LEFT JOIN {tenant}.log AS l
    ON l.originator_id = r.target AND l.originator_version = 1 AND l.topic = 'statement-stored' AND l.leaf IS NULL
 WHERE r.statement = %(statement)s

-- no_longer_voided --
DELETE FROM {tenant}.voided AS v
 WHERE NOT EXISTS (SELECT FROM {tenant}.statement_ref AS r WHERE r.target = v.statement AND r.voiding)

-- still_voided --
-- Data 2.3.2: a voiding statement cannot be voided; one that is gone is none any longer.
INSERT INTO {tenant}.voided (statement)
SELECT DISTINCT r.target FROM {tenant}.statement_ref AS r
 WHERE r.voiding
   AND NOT EXISTS (SELECT FROM {tenant}.statement_ref AS v WHERE v.statement = r.target AND v.voiding)
    ON CONFLICT DO NOTHING

-- mentioning --
SELECT DISTINCT position FROM {tenant}.statement_term WHERE term = ANY(%(terms)s) ORDER BY position

-- forget_activity --
DELETE FROM {tenant}.activity_definition WHERE position = ANY(%(positions)s) RETURNING activity, digest

-- say_activity --
INSERT INTO {tenant}.activity_definition (activity, digest, position, definition)
VALUES (%(about)s, %(digest)s, %(position)s, %(content)s)

-- forget_agent --
DELETE FROM {tenant}.agent_name WHERE position = ANY(%(positions)s) RETURNING agent, digest

-- say_agent --
INSERT INTO {tenant}.agent_name (agent, digest, position, name)
VALUES (%(about)s, %(digest)s, %(position)s, %(content)s)

-- forget_attachments --
DELETE FROM {tenant}.attachment WHERE position = ANY(%(positions)s) RETURNING sha2
