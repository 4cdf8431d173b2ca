-- choose --
-- The newest finished build of each projection that this program's code can read, and where they are read: as far as
-- all of them have got, at the latest at a position or a time.
WITH chosen AS MATERIALIZED (
    SELECT DISTINCT ON (p.name)
           p.name, p.version, p.code, p.tables, p.position, p.amended
      FROM {tenant}.projection AS p
      JOIN unnest(%(names)s::text[], %(codes)s::integer[]) AS wanted (name, code)
        ON wanted.name = p.name AND wanted.code = p.code
     WHERE p.finished IS NOT NULL
     ORDER BY p.name, p.version DESC
), place AS MATERIALIZED (
    SELECT LEAST(min(position), %(position)s::bigint,
                 CASE WHEN %(time)s::timestamptz IS NOT NULL
                      THEN coalesce((SELECT notification_id FROM {tenant}.log
                                      WHERE stored <= %(time)s ORDER BY stored DESC LIMIT 1), 0) END) AS position
      FROM chosen
)
SELECT place.position, (SELECT stored FROM {tenant}.log WHERE notification_id = place.position),
       chosen.name, chosen.version, chosen.code, chosen.tables, chosen.position, true, chosen.amended
  FROM chosen, place
