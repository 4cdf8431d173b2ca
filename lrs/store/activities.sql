-- definitions --
-- What statements have said about activities, oldest first: so many of the newest, or as many as have so many bytes,
-- but the newest of each in any case.
SELECT asked.activity, said.definition
  FROM unnest(%(activities)s::uuid[]) AS asked (activity),
       LATERAL (
           SELECT position, digest, definition,
                  sum(octet_length(definition)) OVER (ORDER BY position DESC, digest DESC)
                  - octet_length(definition) AS newer
             FROM (SELECT position, digest, definition FROM {tenant}.activity_definition
                    WHERE activity = asked.activity
                    ORDER BY position DESC, digest DESC
                    LIMIT %(most)s) AS newest
       ) AS said
 WHERE said.newer < %(bytes)s
 ORDER BY said.position, said.digest

-- sizes --
-- How many bytes all of these have.
SELECT asked.activity, said.bytes
  FROM unnest(%(activities)s::uuid[]) AS asked (activity),
       LATERAL (
           SELECT sum(octet_length(definition))::bigint AS bytes
             FROM (SELECT definition FROM {tenant}.activity_definition
                    WHERE activity = asked.activity
                    ORDER BY position DESC, digest DESC
                    LIMIT %(most)s) AS newest
       ) AS said
 WHERE said.bytes > 0
