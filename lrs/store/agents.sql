-- names --
-- What an agent has been called in statements, oldest first: so many of the newest, or as many as have so many bytes.
SELECT name
  FROM (SELECT position, digest, name,
               sum(octet_length(name)) OVER (ORDER BY position DESC, digest DESC) - octet_length(name) AS newer
          FROM (SELECT position, digest, name FROM {tenant}.agent_name
                 WHERE agent = %(agent)s
                 ORDER BY position DESC, digest DESC
                 LIMIT %(most)s) AS newest
       ) AS said
 WHERE newer < %(bytes)s
 ORDER BY position, digest
