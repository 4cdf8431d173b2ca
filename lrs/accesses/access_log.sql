-- note --
-- Number the accesses and store them in the order given. Whoever comes at the same time waits for the head row; as in the
-- log, the lock comes first and the clock is read under it.
-- $1 by, $2 what, $3 learners, $4 positions, $5 purposes
WITH head AS (
    UPDATE {tenant}.access_head AS h
       SET number = h.number + cardinality($1::text[]), at = GREATEST(clock_timestamp(), h.at)
     WHERE h.one AND (SELECT one FROM {tenant}.access_head WHERE one FOR UPDATE)
    RETURNING h.number - cardinality($1::text[]) AS previous, h.at
)
INSERT INTO {tenant}.access (number, at, by, learner, what, position, purpose)
SELECT head.previous + a.number, head.at, a.by, a.learner, a.what, a.position, a.purpose
  FROM head,
       unnest((SELECT $1::text[]), (SELECT $2::text[]), (SELECT $3::uuid[]), (SELECT $4::bigint[]),
              (SELECT $5::text[])) WITH ORDINALITY AS a (by, what, learner, position, purpose, number)

-- of_all --
WITH found AS MATERIALIZED (
    SELECT number FROM {tenant}.access
     WHERE (%(by)s::text IS NULL OR by = %(by)s) AND number > %(after)s AND number < %(before)s
     ORDER BY number {order} LIMIT %(limit)s
)

-- of_learners --
-- Of each, no more than a page is looked at.
WITH found AS MATERIALIZED (
    SELECT one.number
      FROM unnest(%(learners)b::uuid[]) AS wanted (learner),
           LATERAL (SELECT a.number FROM {tenant}.access AS a
                     WHERE a.learner = wanted.learner AND (%(by)s::text IS NULL OR a.by = %(by)s)
                       AND a.number > %(after)s AND a.number < %(before)s
                     ORDER BY a.number {order} LIMIT %(limit)s) AS one
     ORDER BY one.number {order} LIMIT %(limit)s
)

-- page --
SELECT a.number, a.at, a.by, k.label, a.learner, a.what, a.position, a.purpose
  FROM found
  JOIN {tenant}.access AS a USING (number)
  LEFT JOIN {tenant}.key AS k ON k.key = a.by
 ORDER BY a.number {order}

-- last_at --
SELECT number FROM {tenant}.access WHERE at <= %(time)s ORDER BY at DESC, number DESC LIMIT 1

-- torn --
-- The first access whose number or time does not go on from the one before.
SELECT number
  FROM (SELECT number, at, lag(number) OVER one AS earlier, lag(at) OVER one AS before
          FROM {tenant}.access WINDOW one AS (ORDER BY number)) AS a
 WHERE number <> earlier + 1 OR at < before
 ORDER BY number
 LIMIT 1

-- ended --
-- The last number, where it is not the last one that was given.
SELECT last.number, h.number
  FROM {tenant}.access_head AS h,
       (SELECT coalesce(max(number), 0) AS number FROM {tenant}.access) AS last
 WHERE h.number <> last.number

-- guard --
-- Nobody else gets in: it is locked until the transaction ends.
ALTER TABLE {tenant}.access {order} TRIGGER append_only

-- count --
SELECT count(*)

-- forget --
DELETE

-- old --
-- The last one stays, whatever its age: its number tells that none is missing at the end.
  FROM {tenant}.access WHERE at <= %(until)s AND number < (SELECT max(number) FROM {tenant}.access)
