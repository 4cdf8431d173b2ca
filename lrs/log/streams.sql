-- versions --
-- How far each of these streams has got.
SELECT originator_id, max(originator_version) FROM {tenant}.log
 WHERE originator_id = ANY(%(streams)s) GROUP BY originator_id

-- last --
-- The newest event of each of these streams, of those that were not erased. A statement whose id is that of a stream is no event of it.
SELECT DISTINCT ON (originator_id)
       originator_id, originator_version, notification_id, topic, state
  FROM {tenant}.log
 WHERE originator_id = ANY(%(streams)s) AND topic <> 'statement-stored' AND leaf IS NULL
 ORDER BY originator_id, originator_version DESC

-- last_at --
-- The newest event of a stream at a position, or at all.
SELECT originator_version, notification_id, topic, state
  FROM {tenant}.log
 WHERE originator_id = %(stream)s AND topic <> 'statement-stored'
   AND (%(position)s::bigint IS NULL OR notification_id <= %(position)s)
 ORDER BY originator_version DESC LIMIT 1

-- newest --
-- The newest event of every stream that has one of these topics, oldest first.
SELECT originator_id, originator_version, notification_id, topic, state
  FROM (SELECT DISTINCT ON (originator_id)
               originator_id, originator_version, notification_id, topic, state
          FROM {tenant}.log
         WHERE topic <> 'statement-stored' AND topic <> 'document-stored' AND topic <> 'document-deleted'
           AND topic = ANY(%(topics)s) AND leaf IS NULL
         ORDER BY originator_id, originator_version DESC) AS newest
 ORDER BY notification_id

-- every --
-- All events of a topic, oldest first.
SELECT originator_version, notification_id, topic, state
  FROM {tenant}.log
 WHERE topic <> 'statement-stored' AND topic <> 'document-stored' AND topic <> 'document-deleted'
   AND topic = %(topic)s AND leaf IS NULL
 ORDER BY notification_id
