-- one --
-- Communication 2.1.3: a voided statement is found by voidedStatementId only, the others by statementId only.
-- LIKE is = here, but lets no partial index in: before there are statistics all of it would be read, each time.
SELECT l.notification_id, l.state
  FROM {tenant}.log AS l
 WHERE l.originator_id = %(id)s AND l.originator_version = 1 AND l.topic LIKE 'statement-stored'
   AND l.leaf IS NULL
   AND %(voided)s = EXISTS (SELECT FROM {tenant}.voided AS v WHERE v.statement = l.originator_id)

-- erased --
SELECT FROM {tenant}.log WHERE originator_id = %(id)s AND topic = 'statement-stored' AND leaf IS NOT NULL

-- page --
-- Small texts fit on the page however many they are; what is large comes after them, as far as it fits (texts).
SELECT l.notification_id, CASE WHEN octet_length(l.state) <= %(small)s THEN l.state ELSE '' END
  FROM {tenant}.log AS l

-- page_once --
-- A related_ filter asks for one of two terms, and a referrer may have both, one of them inherited; so does who
-- reads only their own: the authority is among a statement's terms, and leaves few to look into (mine).
-- The branches of its UNION are in the order of the page, and merged only as far as the page needs.
SELECT DISTINCT ON (l.notification_id)
       l.notification_id, CASE WHEN octet_length(l.state) <= %(small)s THEN l.state ELSE '' END
  FROM {tenant}.log AS l

-- verb --
  JOIN {tenant}.statement_term AS verb
    ON verb.position = l.notification_id AND verb.term = %(verb)s
   AND verb.position > %(after)s AND verb.position < %(before)s

-- registration --
  JOIN {tenant}.statement_term AS registration
    ON registration.position = l.notification_id AND registration.term = %(registration)s
   AND registration.position > %(after)s AND registration.position < %(before)s

-- agent --
  JOIN {tenant}.statement_term AS agent
    ON agent.position = l.notification_id AND agent.term = %(agent)s
   AND agent.position > %(after)s AND agent.position < %(before)s

-- activity --
  JOIN {tenant}.statement_term AS activity
    ON activity.position = l.notification_id AND activity.term = %(activity)s
   AND activity.position > %(after)s AND activity.position < %(before)s

-- either_newest_first --
  JOIN ((SELECT position FROM {tenant}.statement_term
          WHERE term = %(either)s AND position > %(after)s AND position < %(before)s
          ORDER BY position DESC)
         UNION ALL
        (SELECT position FROM {tenant}.statement_term
          WHERE term = %(or)s AND position > %(after)s AND position < %(before)s
          ORDER BY position DESC)
       ) AS either ON either.position = l.notification_id

-- either_oldest_first --
  JOIN ((SELECT position FROM {tenant}.statement_term
          WHERE term = %(either)s AND position > %(after)s AND position < %(before)s
          ORDER BY position)
         UNION ALL
        (SELECT position FROM {tenant}.statement_term
          WHERE term = %(or)s AND position > %(after)s AND position < %(before)s
          ORDER BY position)
       ) AS either ON either.position = l.notification_id

-- related_agent --
-- Beside a join that is in the order of the page: looked up for each of its rows, so the order does not matter.
  JOIN {tenant}.statement_term AS agent
    ON agent.position = l.notification_id AND agent.term = ANY(ARRAY[%(agent)s, %(related_agent)s]::uuid[])
   AND agent.position > %(after)s AND agent.position < %(before)s

-- related_activity --
  JOIN {tenant}.statement_term AS activity
    ON activity.position = l.notification_id
   AND activity.term = ANY(ARRAY[%(activity)s, %(related_activity)s]::uuid[])
   AND activity.position > %(after)s AND activity.position < %(before)s

-- visible --
 WHERE l.topic = 'statement-stored' AND l.leaf IS NULL
   AND l.notification_id > %(after)s AND l.notification_id < %(before)s
   AND NOT EXISTS (SELECT FROM {tenant}.voided AS v WHERE v.statement = l.originator_id)

-- mine --
-- The store itself wrote the authority into the text, so equal authorities have equal texts.
-- PostgreSQL refuses the one escape that JSON allows and no text can hold; here another one is as good.
   AND (replace(convert_from(l.state, 'UTF8'), '\u0000', '\u0001')::json -> 'authority')::text = %(authority)s

-- newest_first --
 ORDER BY l.notification_id DESC LIMIT %(limit)s

-- oldest_first --
 ORDER BY l.notification_id LIMIT %(limit)s

-- sizes --
-- PostgreSQL knows them without reading the texts.
SELECT notification_id, octet_length(state) FROM {tenant}.log
 WHERE notification_id = ANY(%(positions)s::bigint[])

-- texts --
SELECT notification_id, state FROM {tenant}.log WHERE notification_id = ANY(%(positions)s::bigint[])

-- attachments --
-- The blobs of these statements, in the statements' order.
SELECT DISTINCT ON (a.sha2) a.sha2, a.content_type, b.size
  FROM {tenant}.attachment AS a JOIN {tenant}.blob AS b USING (sha2)
 WHERE a.position = ANY(%(positions)s::bigint[])
