-- say --
-- What a statement calls its actors. The first position wins, in whatever order events are taken.
INSERT INTO {tenant}.{projection}_identifier AS known
       (ifi, said, position, own, identifier, name, authority, folded, mail)
VALUES (%(ifi)s, %(said)s, %(position)s, %(own)s, %(identifier)s, %(name)s, %(authority)s, %(folded)s, %(mail)s)
    ON CONFLICT (ifi, said) DO UPDATE SET position = EXCLUDED.position
 WHERE EXCLUDED.position < known.position

-- people --
-- All about these learners: how they are registered, which identifiers are linked to them, oldest link first, and which
-- identifier each is by itself, with whom that is linked to.
WITH link AS MATERIALIZED (
    SELECT DISTINCT ON (ifi) ifi, position, learner, linked, identifier
      FROM {tenant}.{projection}_link
     WHERE position <= %(position)s
       AND ifi IN (SELECT ifi FROM {tenant}.{projection}_link WHERE learner = ANY(%(learners)b::uuid[])
                    UNION ALL
                   SELECT ifi FROM {tenant}.{projection}_identifier WHERE own = ANY(%(learners)b::uuid[]))
     ORDER BY ifi, position DESC
)
(SELECT DISTINCT ON (learner)
        'registered', learner, position, name, born, number, NULL::uuid, NULL::uuid
   FROM {tenant}.{projection}_learner
  WHERE learner = ANY(%(learners)b::uuid[]) AND position <= %(position)s
  ORDER BY learner, position DESC)
 UNION ALL
(SELECT 'linked', learner, position, identifier, '', NULL, ifi, NULL
   FROM link
  WHERE linked AND learner = ANY(%(learners)b::uuid[])
  ORDER BY position)
 UNION ALL
(SELECT DISTINCT ON (i.own)
        'own', i.own, i.position, i.identifier, '', NULL, i.ifi, link.learner
   FROM {tenant}.{projection}_identifier AS i
   LEFT JOIN link ON link.ifi = i.ifi AND link.linked
  WHERE i.own = ANY(%(learners)b::uuid[]) AND i.position <= %(position)s
  ORDER BY i.own, i.position)

-- erased --
-- When and why she was erased, at whatever position one looks: what was known before is gone as well.
SELECT stored, words FROM {tenant}.{projection}_erased
 WHERE learner = %(learner)s ORDER BY position DESC LIMIT 1

-- owners --
-- To whom all identifiers are linked that are linked to somebody, or those among some.
SELECT ifi, learner
  FROM (SELECT DISTINCT ON (ifi) ifi, learner, linked FROM {tenant}.{projection}_link
         WHERE position <= %(position)s AND (%(among)b::uuid[] IS NULL OR ifi = ANY(%(among)b::uuid[]))
         ORDER BY ifi, position DESC) AS newest
 WHERE linked

-- names --
-- What statements call these identifiers, and by which authority: of each the names that came up last.
SELECT ifi, name, authority, position
  FROM (SELECT ifi, name, authority, position,
               row_number() OVER (PARTITION BY ifi ORDER BY position DESC, name) AS number
          FROM {tenant}.{projection}_identifier
         WHERE ifi = ANY(%(ifis)s) AND position <= %(position)s AND name <> '') AS said
 WHERE number <= %(most)s
 ORDER BY position, name

-- page --
-- Everybody in the order in which they became known: who is registered, and identifiers that nobody has linked.
WITH newest AS MATERIALIZED (
    SELECT DISTINCT ON (ifi) ifi, linked FROM {tenant}.{projection}_link
     WHERE position <= %(position)s ORDER BY ifi, position DESC
), everybody AS (
    SELECT learner, min(position) AS since FROM {tenant}.{projection}_learner
     WHERE position <= %(position)s GROUP BY learner
     UNION ALL
    SELECT own, min(position) FROM {tenant}.{projection}_identifier AS i
     WHERE position <= %(position)s
       AND NOT EXISTS (SELECT FROM newest WHERE newest.ifi = i.ifi AND newest.linked)
     GROUP BY own
)
SELECT learner, since FROM everybody
 WHERE (since, learner) > (%(since)s, %(after)s::uuid)
 ORDER BY since, learner
 LIMIT %(limit)s

-- suggestions --
-- Which identifiers that nobody has linked may be of whom? Never of whom they have been unlinked from,
-- and not by what many share: a name such as Student tells nobody from anybody.
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
), telling AS MATERIALIZED (
    SELECT folded AS word FROM seen WHERE folded IS NOT NULL GROUP BY 1 HAVING count(DISTINCT ifi) <= %(shared)s
     UNION ALL
    SELECT mail FROM seen WHERE mail IS NOT NULL GROUP BY 1 HAVING count(DISTINCT ifi) <= %(shared)s
), alike AS (
    SELECT a.ifi, a.own, coalesce(b.learner, b.own) AS other, true AS name, false AS mail
      FROM telling JOIN seen AS a ON a.folded = word JOIN seen AS b ON b.folded = word AND b.ifi <> a.ifi
     WHERE a.learner IS NULL AND (b.learner IS NOT NULL OR a.ifi > b.ifi)
     UNION
    SELECT a.ifi, a.own, coalesce(b.learner, b.own), false, true
      FROM telling JOIN seen AS a ON a.mail = word JOIN seen AS b ON b.mail = word AND b.ifi <> a.ifi
     WHERE a.learner IS NULL AND (b.learner IS NOT NULL OR a.ifi > b.ifi)
     UNION
    SELECT a.ifi, a.own, person.learner, true, false
      FROM telling JOIN seen AS a ON a.folded = word JOIN person ON person.folded = word
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
