-- every --
-- Where are the next events between two positions, of these topics or of all?
WITH found AS MATERIALIZED (
    SELECT l.notification_id AS position
      FROM {tenant}.log AS l
     WHERE l.notification_id > %(after)s AND l.notification_id < %(before)s
       AND (%(topics)s::text[] IS NULL OR l.topic = ANY(%(topics)s::text[]))
     ORDER BY l.notification_id {order} LIMIT %(limit)s
)

-- of_terms --
-- The same for events that have one of these terms. An event may have several; of each term no more than a page is looked at.
WITH found AS MATERIALIZED (
    SELECT DISTINCT place.position
      FROM (SELECT one.position
              FROM unnest(%(terms)b::uuid[]) AS wanted (term),
                   LATERAL (SELECT t.position
                              FROM {tenant}.{projection}_term AS t
                             WHERE t.term = wanted.term AND t.position > %(after)s AND t.position < %(before)s

-- narrowed --
                               AND (%(topics)s::text[] IS NULL
                                    OR EXISTS (SELECT FROM {tenant}.log AS l
                                                WHERE l.notification_id = t.position
                                                  AND l.topic = ANY(%(topics)s::text[])))
                               AND (%(also)b::uuid[] IS NULL
                                    OR EXISTS (SELECT FROM {tenant}.{projection}_term AS o
                                                WHERE o.term = ANY(%(also)b::uuid[]) AND o.position = t.position))
                               AND (%(besides)b::uuid[] IS NULL
                                    OR EXISTS (SELECT FROM {tenant}.{projection}_term AS o
                                                WHERE o.term = ANY(%(besides)b::uuid[]) AND o.position = t.position))

-- limited --
                             ORDER BY t.position {order} LIMIT %(limit)s) AS one

-- itself --
             UNION ALL
            SELECT t.position
              FROM (SELECT notification_id AS position FROM {tenant}.log
                     WHERE originator_id = %(statement)s AND originator_version = 1
                       AND topic = 'statement-stored') AS t
             WHERE t.position > %(after)s AND t.position < %(before)s

-- found --
           ) AS place
     ORDER BY place.position {order} LIMIT %(limit)s
)

-- page --
-- As many of them as have so many bytes, but the first in any case.
, weighed AS (
    SELECT l.notification_id, l.stored, l.topic, l.originator_id, l.originator_version, l.state, l.leaf,
           sum(octet_length(l.state)) OVER (ORDER BY l.notification_id {order}) - octet_length(l.state) AS earlier
      FROM found JOIN {tenant}.log AS l ON l.notification_id = found.position
)
SELECT notification_id, stored, topic, originator_id, originator_version, state, NULL::bytea, leaf
  FROM weighed
 WHERE earlier < %(most)s
 ORDER BY notification_id {order}

-- authorities --
-- What statements carry that come with a key: as it was issued.
SELECT l.state FROM {tenant}.{projection}_term AS t JOIN {tenant}.log AS l ON l.notification_id = t.position
 WHERE t.term = %(key)s AND t.position <= %(position)s AND l.topic = 'key-issued' AND l.leaf IS NULL

-- last_at --
-- The last position stored at or before a time.
SELECT notification_id FROM {tenant}.log WHERE stored <= %(time)s ORDER BY stored DESC LIMIT 1
