-- last --
-- An erased event is none of a document that is there.
SELECT state, notification_id, stored
  FROM (SELECT DISTINCT ON (originator_id) topic, state, notification_id, stored, leaf
          FROM {tenant}.log
         WHERE topic IN ('document-stored', 'document-deleted')
         ORDER BY originator_id, originator_version DESC) AS last
 WHERE topic = 'document-stored' AND leaf IS NULL
 ORDER BY notification_id
