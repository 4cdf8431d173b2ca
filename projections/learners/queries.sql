-- say --
-- What a statement calls its actors. The first position wins, in whatever order events are taken.
INSERT INTO {tenant}.{projection}_identifier AS known
       (ifi, said, position, own, identifier, name, authority, folded, mail)
VALUES (%(ifi)s, %(said)s, %(position)s, %(own)s, %(identifier)s, %(name)s, %(authority)s, %(folded)s, %(mail)s)
    ON CONFLICT (ifi, said) DO UPDATE SET position = EXCLUDED.position
 WHERE EXCLUDED.position < known.position

-- registered --
-- How a learner is known.
SELECT name, born, number, position FROM {tenant}.{projection}_learner
 WHERE learner = %(learner)s AND position <= %(position)s
 ORDER BY position DESC LIMIT 1

-- linked --
-- The identifiers that are linked to a learner, oldest link first.
SELECT newest.ifi, newest.identifier, newest.position
  FROM (SELECT DISTINCT ON (ifi) ifi, identifier, position, learner, linked
          FROM {tenant}.{projection}_link
         WHERE position <= %(position)s
           AND ifi IN (SELECT ifi FROM {tenant}.{projection}_link WHERE learner = %(learner)s)
         ORDER BY ifi, position DESC) AS newest
 WHERE newest.linked AND newest.learner = %(learner)s
 ORDER BY newest.position

-- owner --
-- To whom an identifier is linked.
SELECT learner, linked FROM {tenant}.{projection}_link
 WHERE ifi = %(ifi)s AND position <= %(position)s
 ORDER BY position DESC LIMIT 1

-- owners --
-- To whom all identifiers are linked that are linked to somebody.
SELECT ifi, learner
  FROM (SELECT DISTINCT ON (ifi) ifi, learner, linked FROM {tenant}.{projection}_link
         WHERE position <= %(position)s
         ORDER BY ifi, position DESC) AS newest
 WHERE linked

-- own --
-- The identifier that is this learner as long as nobody has linked it.
SELECT ifi, identifier, position FROM {tenant}.{projection}_identifier
 WHERE own = %(learner)s AND position <= %(position)s
 ORDER BY position LIMIT 1

-- names --
-- What statements call these identifiers, and by which authority.
SELECT ifi, name, authority, position FROM {tenant}.{projection}_identifier
 WHERE ifi = ANY(%(ifis)s) AND position <= %(position)s AND name <> ''
 ORDER BY position, name

-- page --
-- Everybody in the order in which they became known: who is registered, and identifiers that nobody has linked.
WITH newest AS MATERIALIZED (
    SELECT DISTINCT ON (ifi) ifi, linked FROM {tenant}.{projection}_link
     WHERE position <= %(position)s ORDER BY ifi, position DESC
), everybody AS (
    SELECT learner, min(position) AS since, true AS registered FROM {tenant}.{projection}_learner
     WHERE position <= %(position)s GROUP BY learner
     UNION ALL
    SELECT own, min(position), false FROM {tenant}.{projection}_identifier AS i
     WHERE position <= %(position)s
       AND NOT EXISTS (SELECT FROM newest WHERE newest.ifi = i.ifi AND newest.linked)
     GROUP BY own
)
SELECT learner, since, registered FROM everybody
 WHERE (since, learner) > (%(since)s, %(after)s::uuid)
 ORDER BY since, learner
 LIMIT %(limit)s

-- suggestions --
-- Which identifiers that nobody has linked may be of whom? Never of whom they have been unlinked from.
WITH newest AS MATERIALIZED (
    SELECT DISTINCT ON (ifi) ifi, learner, linked FROM {tenant}.{projection}_link
     WHERE position <= %(position)s ORDER BY ifi, position DESC
), seen AS MATERIALIZED (
    SELECT i.ifi, i.own, i.position, i.folded, i.mail, newest.learner
      FROM {tenant}.{projection}_identifier AS i
      LEFT JOIN newest ON newest.ifi = i.ifi AND newest.linked
     WHERE i.position <= %(position)s
), person AS (
    SELECT DISTINCT ON (learner) learner, folded FROM {tenant}.{projection}_learner
     WHERE position <= %(position)s ORDER BY learner, position DESC
), alike AS (
    SELECT a.ifi, a.own, coalesce(b.learner, b.own) AS other, true AS name, false AS mail
      FROM seen AS a JOIN seen AS b ON b.folded = a.folded AND b.ifi <> a.ifi
     WHERE a.learner IS NULL AND (b.learner IS NOT NULL OR a.ifi > b.ifi)
     UNION
    SELECT a.ifi, a.own, coalesce(b.learner, b.own), false, true
      FROM seen AS a JOIN seen AS b ON b.mail = a.mail AND b.ifi <> a.ifi
     WHERE a.learner IS NULL AND (b.learner IS NOT NULL OR a.ifi > b.ifi)
     UNION
    SELECT a.ifi, a.own, person.learner, true, false
      FROM seen AS a JOIN person ON person.folded = a.folded
     WHERE a.learner IS NULL
)
SELECT own, other, bool_or(name) AS name, bool_or(mail) AS mail
  FROM alike
 WHERE NOT EXISTS (SELECT FROM {tenant}.{projection}_link AS l
                    WHERE l.ifi = alike.ifi AND l.learner = alike.other AND l.position <= %(position)s)
   AND (own, other) > (%(own)s::uuid, %(other)s::uuid)
 GROUP BY own, other
 ORDER BY own, other
 LIMIT %(limit)s
