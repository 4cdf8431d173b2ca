-- get --
-- One document with its content; one statement, so that the two belong together.
SELECT d.etag, d.content_type, d.updated,
       coalesce((SELECT string_agg(c.content, ''::bytea ORDER BY c.number)
                   FROM {tenant}.blob_chunk AS c
                  WHERE c.sha2 = d.sha2), ''::bytea) AS content
  FROM {tenant}.document AS d
 WHERE d.kind = %(kind)s AND d.owner = %(owner)s AND d.document_id = %(document_id)s
   AND d.registration = %(registration)s

-- before --
-- How far the document's stream has got, and what the document is now; whoever asks holds the writer's lock.
SELECT last.originator_version, last.state, d.etag, d.content_type, d.sha2
  FROM (VALUES (true)) AS one (row)
  LEFT JOIN LATERAL (SELECT l.originator_version, l.state
                       FROM {tenant}.log AS l
                      WHERE l.originator_id = %(stream)s
                      ORDER BY l.originator_version DESC LIMIT 1) AS last ON true
  LEFT JOIN {tenant}.document AS d
    ON d.kind = %(kind)s AND d.owner = %(owner)s AND d.document_id = %(document_id)s
   AND d.registration = %(registration)s

-- ids --
-- The ids of an owner's documents, newest first; without a registration those of every registration.
SELECT document_id, max(updated) AS updated
  FROM {tenant}.document
 WHERE kind = %(kind)s AND owner = %(owner)s
   AND (%(registration)s::text IS NULL OR registration = %(registration)s)
   AND (%(since)s::timestamptz IS NULL OR updated > %(since)s)
 GROUP BY document_id
 ORDER BY max(position) DESC

-- lengths --
-- How far the streams of these documents have got.
SELECT originator_id, max(originator_version) AS length
  FROM {tenant}.log
 WHERE originator_id = ANY(%(streams)s::uuid[])
 GROUP BY originator_id

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

-- delete_all --
DELETE FROM {tenant}.document
 WHERE kind = %(kind)s AND owner = %(owner)s
   AND (%(registration)s::text IS NULL OR registration = %(registration)s)
RETURNING document_id, registration, sha2
