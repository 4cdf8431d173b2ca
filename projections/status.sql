-- status --
-- How far each build is, and how long what comes next has been waiting.
SELECT p.name, p.version, p.code, p.position, p.finished IS NOT NULL, p.superseded IS NOT NULL,
       CASE WHEN p.held_until > clock_timestamp() THEN p.holder END,
       h.position - p.position,
       COALESCE(GREATEST(0, extract(epoch FROM clock_timestamp() - next.stored)), 0)::double precision,
       (SELECT count(*) FROM {tenant}.projection_failure AS f
         WHERE f.name = p.name AND f.version = p.version)
  FROM {tenant}.projection AS p
 CROSS JOIN {tenant}.head AS h
  LEFT JOIN {tenant}.log AS next ON next.notification_id = p.position + 1
 ORDER BY p.name, p.version

-- failures --
SELECT name, version, position, error, failed FROM {tenant}.projection_failure
 WHERE name = %(name)s ORDER BY version, position LIMIT %(limit)s
