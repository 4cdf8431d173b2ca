-- before --
-- How far the document's stream has got, and what the document is now; whoever asks holds the writer's lock.
SELECT last.originator_version, last.state, d.etag, d.content_type, d.sha2, b.size
  FROM (VALUES (true)) AS one (row)
  LEFT JOIN LATERAL (SELECT l.originator_version, l.state
                       FROM {tenant}.log AS l
                      WHERE l.originator_id = %(stream)s
                      ORDER BY l.originator_version DESC LIMIT 1) AS last ON true
  LEFT JOIN {tenant}.document AS d
    ON d.kind = %(kind)s AND d.owner = %(owner)s AND d.document_id = %(document_id)s
   AND d.registration = %(registration)s
  LEFT JOIN {tenant}.blob AS b USING (sha2)

-- put --
INSERT INTO {tenant}.document
       (kind, owner, document_id, registration, etag, content_type, sha2, updated, position)
VALUES (%(kind)s, %(owner)s, %(document_id)s, %(registration)s, %(etag)s, %(content_type)s, %(sha2)s,
        %(updated)s, %(position)s)
    ON CONFLICT (kind, owner, document_id, registration) DO UPDATE
   SET etag = excluded.etag, content_type = excluded.content_type, sha2 = excluded.sha2,
       updated = excluded.updated, position = excluded.position

-- delete --
DELETE FROM {tenant}.document
 WHERE kind = %(kind)s AND owner = %(owner)s AND document_id = %(document_id)s
   AND registration = %(registration)s
