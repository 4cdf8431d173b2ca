-- candidates --
-- Statements up to a position that can be found by this verb and by one of these authorities, where any are named.
-- What refers to such a statement is found by them as well: the texts tell.
SELECT l.notification_id, l.originator_id, l.state
  FROM {tenant}.log AS l
 WHERE l.topic = 'statement-stored' AND l.leaf IS NULL
   AND l.notification_id > %(after)s AND l.notification_id <= %(until)s
   AND (%(verb)s::uuid IS NULL
        OR EXISTS (SELECT FROM {tenant}.statement_term AS t
                    WHERE t.term = %(verb)s::uuid AND t.position = l.notification_id))
   AND (%(authorities)s::uuid[] IS NULL
        OR EXISTS (SELECT FROM {tenant}.statement_term AS t
                    WHERE t.term = ANY(%(authorities)s::uuid[]) AND t.position = l.notification_id))
 ORDER BY l.notification_id
 LIMIT %(limit)s

-- old_documents --
-- All events of documents that did not change after a position; a whole document stands together.
SELECT notification_id FROM {tenant}.log AS l
 WHERE l.topic IN ('document-stored', 'document-deleted') AND l.leaf IS NULL AND l.notification_id <= %(until)s
   AND NOT EXISTS (SELECT FROM {tenant}.log AS later
                    WHERE later.originator_id = l.originator_id AND later.notification_id > %(until)s)
 ORDER BY l.originator_id, l.originator_version
