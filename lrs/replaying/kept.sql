-- unheard --
-- The authorities of keys that may not define anything.
SELECT authority FROM {tenant}.key GROUP BY authority HAVING NOT bool_or(scopes && %(scopes)s::text[])

-- definitions --
SELECT d.activity, d.digest, d.position
  FROM unnest(%(abouts)s::uuid[], %(digests)s::uuid[]) AS said (about, digest)
  JOIN {tenant}.activity_definition AS d ON d.activity = said.about AND d.digest = said.digest

-- names --
SELECT n.agent, n.digest, n.position
  FROM unnest(%(abouts)s::uuid[], %(digests)s::uuid[]) AS said (about, digest)
  JOIN {tenant}.agent_name AS n ON n.agent = said.about AND n.digest = said.digest

-- attachments --
SELECT position, sha2, content_type FROM {tenant}.attachment
 WHERE position BETWEEN %(first)s AND %(last)s ORDER BY position, sha2
