-- page --
-- The events after a position, oldest first: so many, or as many as have so many bytes, but the first in any case.
-- How many matched is told with each, so that a page that was cut off is known for one.
WITH matching AS (
    SELECT notification_id, stored, topic, originator_id, originator_version, state
      FROM {tenant}.log
     WHERE notification_id > %(after)s AND notification_id <= %(until)s
       AND (%(topics)s::text[] IS NULL OR topic = ANY(%(topics)s::text[]))
     ORDER BY notification_id
     LIMIT %(limit)s
), weighed AS (
    SELECT notification_id, stored, topic, originator_id, originator_version, state,
           sum(octet_length(state)) OVER (ORDER BY notification_id) - octet_length(state) AS before,
           count(*) OVER () AS matched
      FROM matching
)
SELECT matched, notification_id, stored, topic, originator_id, originator_version, state
  FROM weighed
 WHERE before < %(most)s
 ORDER BY notification_id
