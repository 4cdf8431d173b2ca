-- describe --
-- What was said before, and others since, is the newest again.
-- $1 activities, $2 digests, $3 numbers of the statements, $4 definitions
INSERT INTO {tenant}.activity_definition (activity, digest, position, definition)
SELECT about, digest, head.previous + number, content
  FROM {tenant}.head,
       unnest((SELECT $1::uuid[]), (SELECT $2::uuid[]), (SELECT $3::integer[]), (SELECT $4::bytea[]))
       AS said (about, digest, number, content)
 WHERE head.one
    ON CONFLICT (activity, digest) DO UPDATE SET position = EXCLUDED.position

-- name --
-- $1 agents, $2 digests, $3 numbers of the statements, $4 names
INSERT INTO {tenant}.agent_name (agent, digest, position, name)
SELECT about, digest, head.previous + number, content
  FROM {tenant}.head,
       unnest((SELECT $1::uuid[]), (SELECT $2::uuid[]), (SELECT $3::integer[]), (SELECT $4::bytea[]))
       AS said (about, digest, number, content)
 WHERE head.one
    ON CONFLICT DO NOTHING

-- attach --
-- $1 numbers of the statements, $2 digests of the contents, $3 content types
INSERT INTO {tenant}.attachment (position, sha2, content_type)
SELECT head.previous + a.number, a.sha2, a.content_type
  FROM {tenant}.head,
       unnest((SELECT $1::integer[]), (SELECT $2::bytea[]), (SELECT $3::text[])) AS a (number, sha2, content_type)
 WHERE head.one
    ON CONFLICT DO NOTHING
