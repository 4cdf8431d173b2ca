-- by_id --
-- Statements that are there, and not erased.
SELECT notification_id, originator_id FROM {tenant}.log
 WHERE originator_id = ANY(%(ids)s) AND topic = 'statement-stored' AND leaf IS NULL

-- by_term --
-- Statements that can be found by one of these terms, also because they refer to such.
SELECT DISTINCT l.notification_id, l.originator_id
  FROM {tenant}.statement_term AS t JOIN {tenant}.log AS l ON l.notification_id = t.position
 WHERE t.term = ANY(%(terms)s) AND l.topic = 'statement-stored' AND l.leaf IS NULL

-- texts --
SELECT notification_id, state FROM {tenant}.log
 WHERE notification_id = ANY(%(positions)s) AND leaf IS NULL
 ORDER BY notification_id

-- events --
-- All events of these topics that were not erased, oldest first.
SELECT notification_id, topic, state FROM {tenant}.log
 WHERE topic = ANY(%(topics)s) AND leaf IS NULL
 ORDER BY notification_id

-- documents --
-- What was said of documents after a position, as far as one of these texts is in it.
SELECT notification_id, topic, state FROM {tenant}.log AS l
 WHERE topic IN ('document-stored', 'document-deleted') AND leaf IS NULL AND notification_id > %(after)s
   AND EXISTS (SELECT FROM unnest(%(needles)s::bytea[]) AS n (needle) WHERE position(n.needle IN l.state) > 0)
 ORDER BY notification_id

-- at --
SELECT notification_id, topic, state FROM {tenant}.log
 WHERE notification_id = ANY(%(positions)s) AND topic IN ('document-stored', 'document-deleted') AND leaf IS NULL
 ORDER BY notification_id

-- voided --
-- What only these statements void.
SELECT l.notification_id, l.originator_id
  FROM {tenant}.statement_ref AS r
  JOIN {tenant}.voided AS v ON v.statement = r.target
  JOIN {tenant}.log AS l
    ON l.originator_id = r.target AND l.originator_version = 1 AND l.topic = 'statement-stored' AND l.leaf IS NULL
 WHERE r.voiding AND r.position = ANY(%(positions)s)
   AND NOT EXISTS (SELECT FROM {tenant}.statement_ref AS other
                    WHERE other.target = r.target AND other.voiding AND other.position <> ALL(%(positions)s))

-- sessions --
SELECT session, key, body FROM {tenant}.cmi5_session AS s
 WHERE EXISTS (SELECT FROM unnest(%(needles)s::bytea[]) AS n (needle) WHERE position(n.needle IN s.body) > 0)
