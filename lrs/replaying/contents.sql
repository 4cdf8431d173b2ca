-- needed --
COPY (
WITH last AS (
    SELECT DISTINCT ON (originator_id) topic, state, leaf
      FROM {tenant}.log
     WHERE topic IN ('document-stored', 'document-deleted') AND notification_id <= %(until)s
     ORDER BY originator_id, originator_version DESC
), needed AS MATERIALIZED (
    SELECT sha2 FROM {tenant}.attachment WHERE position <= %(until)s
     UNION
    -- PostgreSQL refuses the one escape that JSON allows and no text can hold; here another one is as good.
    SELECT decode(replace(convert_from(state, 'UTF8'), '\u0000', '\u0001')::json ->> 'sha2', 'hex')
      FROM last WHERE topic = 'document-stored' AND leaf IS NULL
)

-- blobs --
-- Old enough to be swept when nobody needs it any longer, and the same in every replay.
SELECT sha2, size, (SELECT stored FROM {tenant}.log WHERE notification_id = %(until)s)
  FROM {tenant}.blob JOIN needed USING (sha2) ORDER BY sha2

-- chunks --
SELECT sha2, number, content FROM {tenant}.blob_chunk JOIN needed USING (sha2) ORDER BY sha2, number

-- out --
) TO STDOUT (FORMAT binary)

-- into_blobs --
COPY {tenant}.blob (sha2, size, created) FROM STDIN (FORMAT binary)

-- into_chunks --
COPY {tenant}.blob_chunk (sha2, number, content) FROM STDIN (FORMAT binary)
