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
-- The event has just been numbered, and it is the only one: the head has its place and its time.
WITH given AS MATERIALIZED (
    SELECT %(kind)s::text AS kind, %(owner)s::uuid AS owner, %(document_id)s::text AS document_id,
           %(registration)s::text AS registration, %(etag)s::text AS etag,
           %(content_type)s::text AS content_type, %(sha2)s::bytea AS sha2
)
INSERT INTO {tenant}.document
       (kind, owner, document_id, registration, etag, content_type, sha2, updated, position)
SELECT given.kind, given.owner, given.document_id, given.registration, given.etag, given.content_type,
       given.sha2, head.began, head.position
  FROM {tenant}.head, given
    ON CONFLICT (kind, owner, document_id, registration) DO UPDATE
   SET etag = excluded.etag, content_type = excluded.content_type, sha2 = excluded.sha2,
       updated = excluded.updated, position = excluded.position

-- delete --
DELETE FROM {tenant}.document
 WHERE kind = %(kind)s AND owner = %(owner)s AND document_id = %(document_id)s
   AND registration = %(registration)s
