-- older --
-- Which older statements lead to those of this append, directly or through others? Their own references are stored
-- before it and those of this append after it, so these are trees, each walked once, the nearest first.
-- OFFSET 0 keeps the look-ups apart: one in the index for each statement, whatever the planner knows of the table.
-- As for `append` of the log, a (SELECT $1) keeps the planner from planning anew each time.
-- $1 ids of the append's statements, $2 most steps
WITH RECURSIVE older AS (
    SELECT arrived.number, r.position, r.statement, 1 AS step
      FROM unnest((SELECT $1::uuid[])) WITH ORDINALITY AS arrived (id, number),
           LATERAL (SELECT position, statement FROM {tenant}.statement_ref WHERE target = arrived.id OFFSET 0) AS r
     UNION ALL
    SELECT older.number, r.position, r.statement, older.step + 1
      FROM older,
           LATERAL (SELECT position, statement FROM {tenant}.statement_ref WHERE target = older.statement OFFSET 0) AS r
     WHERE older.step < $2
)

-- who --
-- Positions count from the end of the log before the append: 0 and less are older, the append's begin with 1.
-- $3 most of them
SELECT older.number, older.step, older.position - head.previous
  FROM {tenant}.head, older
 WHERE head.one
 LIMIT (SELECT $3)

-- in_passing --
-- Insert the terms of statements in the hope that no older one leads to them. Where one does, NULL is refused as
-- a position: the writer then comes again in a transaction, and looks.
-- $1 ids of the append's statements, $2 terms, $3 the number of the statement that each belongs to
WITH awaited AS MATERIALIZED (
    SELECT EXISTS (
        SELECT FROM unnest($1::uuid[]) AS arrived (id),
               LATERAL (SELECT FROM {tenant}.statement_ref WHERE target = arrived.id OFFSET 0) AS r
    ) AS by_older
)
INSERT INTO {tenant}.statement_term (term, position)
SELECT own.term, CASE WHEN NOT awaited.by_older THEN head.previous + own.number END
  FROM {tenant}.head, awaited, unnest((SELECT $2::uuid[]), (SELECT $3::integer[])) AS own (term, number)
 WHERE head.one

-- reached --
-- What lies behind the targets of an append: where it leads in turn, and its text unless that is too large.
-- Each statement leads to one other at most, so that many rows are as many steps from every target at least.
-- If all the texts together are too many bytes, none is read.
-- $1 targets that are not in the append, $2 most steps, $3 largest text, $4 most bytes of all of them
WITH RECURSIVE reached AS (
    SELECT id FROM unnest((SELECT $1::uuid[])) AS target (id)
     UNION
    SELECT r.target
      FROM reached,
           LATERAL (SELECT target FROM {tenant}.statement_ref WHERE statement = reached.id OFFSET 0) AS r
), near AS MATERIALIZED (
    SELECT id FROM reached LIMIT (SELECT $2 * cardinality($1::uuid[]))
), found AS MATERIALIZED (
    SELECT near.id, l.size
      FROM {tenant}.head, near,
           LATERAL (SELECT octet_length(state) AS size, notification_id, topic, leaf
                      FROM {tenant}.log WHERE originator_id = near.id AND originator_version = 1 OFFSET 0) AS l
     WHERE head.one AND l.topic = 'statement-stored' AND l.leaf IS NULL AND l.notification_id <= head.previous
), readable AS MATERIALIZED (
    SELECT coalesce(sum(size), 0)::bigint AS bytes FROM found WHERE size <= $3
)
SELECT found.id,
       (SELECT target FROM {tenant}.statement_ref WHERE statement = found.id),
       CASE WHEN found.size <= $3 AND readable.bytes <= $4
            THEN (SELECT state FROM {tenant}.log WHERE originator_id = found.id AND originator_version = 1) END,
       readable.bytes
  FROM readable, found

-- own --
-- $1 terms, $2 the number of the statement that each belongs to
INSERT INTO {tenant}.statement_term (term, position)
SELECT own.term, head.previous + own.number
  FROM {tenant}.head, unnest((SELECT $1::uuid[]), (SELECT $2::integer[])) AS own (term, number)
 WHERE head.one

-- taken_over --
-- An older statement may have such a term already.
-- $1 terms, $2 positions as in `who`
INSERT INTO {tenant}.statement_term (term, position)
SELECT each.term, head.previous + each.number
  FROM {tenant}.head, unnest((SELECT $1::uuid[]), (SELECT $2::bigint[])) AS each (term, number)
 WHERE head.one
    ON CONFLICT DO NOTHING

-- refer --
-- $1 numbers of the statements, $2 their ids, $3 their targets, $4 whether they void it, 0 or 1
INSERT INTO {tenant}.statement_ref (position, statement, target, voiding)
SELECT head.previous + r.number, r.statement, r.target, r.voiding <> 0
  FROM {tenant}.head,
       unnest((SELECT $1::integer[]), (SELECT $2::uuid[]), (SELECT $3::uuid[]), (SELECT $4::integer[]))
       AS r (number, statement, target, voiding)
 WHERE head.one

-- void --
-- Data 2.3.2: a voiding statement cannot be voided, in whichever order the two arrive.
-- $1 targets of the voiding statements
INSERT INTO {tenant}.voided (statement)
SELECT DISTINCT id
  FROM unnest((SELECT $1::uuid[])) AS target (id)
 WHERE NOT EXISTS (SELECT FROM {tenant}.statement_ref WHERE statement = target.id AND voiding OFFSET 0)
    ON CONFLICT DO NOTHING

-- unvoid --
-- $1 ids of the voiding statements
DELETE FROM {tenant}.voided AS v USING unnest((SELECT $1::uuid[])) AS voiding (id) WHERE v.statement = voiding.id
