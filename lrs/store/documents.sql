-- get --
-- One document with its content; one statement, so that the two belong together.
SELECT d.etag, d.content_type, d.updated,
       coalesce((SELECT string_agg(c.content, ''::bytea ORDER BY c.number)
                   FROM {tenant}.blob_chunk AS c
                  WHERE c.sha2 = d.sha2), ''::bytea) AS content
  FROM {tenant}.document AS d
 WHERE d.kind = %(kind)s AND d.owner = %(owner)s AND d.document_id = %(document_id)s
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

-- delete_all --
DELETE FROM {tenant}.document
 WHERE kind = %(kind)s AND owner = %(owner)s
   AND (%(registration)s::text IS NULL OR registration = %(registration)s)
RETURNING document_id, registration, sha2
