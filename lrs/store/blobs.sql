-- write --
-- A whole content at once; no row where it is stored already.
WITH fresh AS (
    INSERT INTO {tenant}.blob (sha2, size) VALUES (%(sha2)s, %(size)s)
    ON CONFLICT (sha2) DO NOTHING RETURNING sha2
), chunk AS (
    INSERT INTO {tenant}.blob_chunk (sha2, number, content)
    SELECT fresh.sha2, each.number, each.content
      FROM fresh, unnest(%(numbers)s::integer[], %(contents)s::bytea[]) AS each (number, content)
)
SELECT sha2 FROM fresh

-- begin --
-- The first to store this content; another one waits here until the first has committed.
INSERT INTO {tenant}.blob (sha2, size) VALUES (%(sha2)s, %(size)s) ON CONFLICT (sha2) DO NOTHING RETURNING sha2

-- add --
INSERT INTO {tenant}.blob_chunk (sha2, number, content) VALUES (%(sha2)s, %(number)s, %(content)s)

-- keep --
-- Somebody wants what is stored already: the lock keeps it until our transaction ends, its age after that.
WITH held AS (
    SELECT sha2, created FROM {tenant}.blob WHERE sha2 = %(sha2)s FOR KEY SHARE
), renewed AS (
    UPDATE {tenant}.blob AS b SET created = now() FROM held
     WHERE b.sha2 = held.sha2 AND held.created < now() - interval '1 hour'
)
SELECT sha2 FROM held

-- exists --
SELECT sha2 FROM {tenant}.blob WHERE sha2 = %(sha2)s

-- read --
SELECT c.content FROM {tenant}.blob AS b LEFT JOIN {tenant}.blob_chunk AS c USING (sha2)
 WHERE b.sha2 = %(sha2)s ORDER BY c.number

-- chunk --
-- Nothing for a blob that is gone, null after the last chunk.
SELECT c.content FROM {tenant}.blob AS b
  LEFT JOIN {tenant}.blob_chunk AS c ON c.sha2 = b.sha2 AND c.number = %(number)s
 WHERE b.sha2 = %(sha2)s

-- read_small --
-- Several contents, each in one piece.
SELECT b.sha2, coalesce(string_agg(c.content, ''::bytea ORDER BY c.number), ''::bytea)
  FROM {tenant}.blob AS b LEFT JOIN {tenant}.blob_chunk AS c USING (sha2)
 WHERE b.sha2 = ANY(%(sha2s)s::bytea[]) GROUP BY b.sha2

-- window_end --
-- The table is swept a stretch at a time, so that no statement takes long.
SELECT sha2 FROM {tenant}.blob WHERE sha2 > %(after)s ORDER BY sha2 OFFSET %(rows)s LIMIT 1

-- lock_unused --
-- Locked first and looked at again: between a look and a deletion somebody may begin to need it.
SELECT b.sha2 FROM {tenant}.blob AS b
 WHERE b.sha2 > %(after)s AND b.sha2 <= %(until)s AND b.created < now() - %(older_than)s::interval
   AND NOT (b.kept AND %(keep_replaced)s)
   AND NOT EXISTS (SELECT FROM {tenant}.attachment AS a WHERE a.sha2 = b.sha2)
   AND NOT EXISTS (SELECT FROM {tenant}.document AS d WHERE d.sha2 = b.sha2)
   FOR UPDATE OF b SKIP LOCKED

-- drop --
DELETE FROM {tenant}.blob AS b
 WHERE b.sha2 = ANY(%(sha2s)s::bytea[])
   AND NOT EXISTS (SELECT FROM {tenant}.attachment AS a WHERE a.sha2 = b.sha2)
   AND NOT EXISTS (SELECT FROM {tenant}.document AS d WHERE d.sha2 = b.sha2)

-- keep_replaced --
-- The content of a document that was replaced: it stays although nothing needs it.
UPDATE {tenant}.blob SET kept = true WHERE sha2 = %(sha2)s AND NOT kept

-- lock_one --
-- As above, of one content. Skipped while somebody stores the same content, who is about to need it.
SELECT sha2 FROM {tenant}.blob
 WHERE sha2 = %(sha2)s AND NOT (kept AND %(keep_replaced)s)
   FOR UPDATE SKIP LOCKED
