-- of --
-- What was said of one erasure, oldest first; the id is a text that stands nowhere else.
SELECT stored, topic, state FROM {tenant}.log
 WHERE topic <> 'statement-stored' AND topic <> 'document-stored' AND topic <> 'document-deleted'
   AND topic = ANY(%(topics)s) AND position(%(erasure)s::bytea IN state) > 0
 ORDER BY notification_id
