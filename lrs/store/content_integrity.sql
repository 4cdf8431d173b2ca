-- documents --
SELECT kind, owner, document_id, registration, etag, content_type, sha2, updated, position
  FROM {tenant}.document
 ORDER BY position

-- blobs --
SELECT b.sha2, b.size, c.number, c.content
  FROM {tenant}.blob AS b LEFT JOIN {tenant}.blob_chunk AS c USING (sha2)
 ORDER BY b.sha2, c.number
