-- lock --
-- The head row is the writer's lock; it orders all writers of a tenant, in every process.
SELECT position FROM {tenant}.head WHERE one FOR UPDATE

-- append --
-- Number the events and store them in the order given.
-- The clock is read once, under the head row's lock, and never steps back. An open state is closed with the time.
-- An UPDATE by itself reads the clock and then takes the lock; a reader that held it in between was told a
-- later time (idle_clock). Hence the condition, which takes the lock before anything is computed.
-- The planner does not look into a (SELECT $1); seeing how few they are, it would plan anew for each append,
-- which costs more than the append.
-- $1 ids, $2 versions, $3 topics, $4 states, $5 endings, $6 salts
WITH event AS MATERIALIZED (
    SELECT id, version, topic, state, ending, salt, number
      FROM unnest((SELECT $1::uuid[]), (SELECT $2::bigint[]), (SELECT $3::text[]), (SELECT $4::bytea[]),
                  (SELECT $5::integer[]), (SELECT $6::uuid[]))
           WITH ORDINALITY AS e (id, version, topic, state, ending, salt, number)
), head AS (
    UPDATE {tenant}.head AS h
       SET previous = h.position,
           position = h.position + cardinality($1::uuid[]),
           began = GREATEST(clock_timestamp(), h.began + (h.position - h.previous) * interval '1 microsecond',
                            h.told + interval '1 microsecond')
     WHERE h.one AND (SELECT one FROM {tenant}.head WHERE one FOR UPDATE)
    RETURNING h.previous, h.began, h.began + (h.position - h.previous - 1) * interval '1 microsecond' AS stored
), placed AS (
    SELECT event.*, head.previous + number AS position,
           head.began + (number - 1) * interval '1 microsecond' AS stored
      FROM head, event
), logged AS (
    INSERT INTO {tenant}.log (originator_id, originator_version, topic, state, notification_id, stored, salt)
    SELECT id, version, topic,
           CASE ending
           WHEN 0 THEN state
           WHEN 1 THEN state || convert_to(to_char(stored, '",\"stored\":\""YYYY-MM-DD"T"HH24:MI:SS.US"Z\"}"'), 'UTF8')
           ELSE state || convert_to(to_char(stored, '",\"timestamp\":\""YYYY-MM-DD"T"HH24:MI:SS.US"Z\""'), 'UTF8')
                      || convert_to(to_char(stored, '",\"stored\":\""YYYY-MM-DD"T"HH24:MI:SS.US"Z\"}"'), 'UTF8')
           END,
           position, stored, salt
      FROM placed
     ORDER BY number
)
SELECT previous, (extract(epoch FROM stored) * 1000000)::bigint FROM head

-- tell --
-- A hint for who follows the log.
SELECT pg_notify('lrs_log', '{name}')

-- states --
-- What is stored under these ids already? Nothing is read where all together are more than %(most)s bytes.
SELECT originator_id,
       CASE WHEN sum(octet_length(state)) OVER () > %(most)s THEN NULL
            WHEN topic = 'statement-stored' THEN state
            ELSE '{}' END
  FROM {tenant}.log
 WHERE originator_id = ANY(%(ids)b::uuid[]) AND originator_version = 1

-- select_range --
-- The events after a position, oldest first: so many, or as many as have so many bytes, but the first in any case.
-- Those of other topics than asked for are looked at where they lie, and not fetched.
WITH page AS (
    SELECT notification_id, stored, topic, originator_id, originator_version, state, salt, leaf
      FROM {tenant}.log
     WHERE notification_id > %(after)s AND notification_id <= %(until)s
       AND (%(topics)s::text[] IS NULL OR topic = ANY(%(topics)s::text[]))
     ORDER BY notification_id
     LIMIT %(limit)s
), weighed AS (
    SELECT notification_id, stored, topic, originator_id, originator_version, state, salt, leaf,
           sum(octet_length(state)) OVER (ORDER BY notification_id) - octet_length(state) AS before
      FROM page
)
SELECT notification_id, stored, topic, originator_id, originator_version, state,
       CASE WHEN %(salted)s THEN uuid_send(salt) END, leaf
  FROM weighed
 WHERE before < %(most)s
 ORDER BY notification_id

-- every --
-- All rows, whatever they say, in the order of their positions.
SELECT notification_id, stored, topic, originator_id, originator_version, state, uuid_send(salt), leaf
  FROM {tenant}.log
 ORDER BY notification_id

-- position_at --
-- The last position stored at or before a time.
SELECT notification_id FROM {tenant}.log WHERE stored <= %(time)s ORDER BY stored DESC LIMIT 1

-- head --
-- How far the log has got, and when.
SELECT position, began + (position - previous - 1) * interval '1 microsecond' FROM {tenant}.head WHERE one

-- idle_clock --
-- The time now, if nobody is appending. It is kept: the clock may step back before somebody does (append).
-- As there, the lock comes first. Nobody waits for the disk: it takes a crash and a step back, within a second after
-- the answer, to make it untrue.
UPDATE {tenant}.head AS h
   SET told = GREATEST(clock_timestamp(), h.told, h.began + (h.position - h.previous - 1) * interval '1 microsecond')
 WHERE h.one AND (SELECT one FROM {tenant}.head WHERE one FOR UPDATE SKIP LOCKED)
RETURNING h.told, set_config('synchronous_commit', 'off', true)

-- told --
-- What may be told without writing: the last event that is seen, or what was told before.
SELECT GREATEST(told, began + (position - previous - 1) * interval '1 microsecond') FROM {tenant}.head WHERE one
