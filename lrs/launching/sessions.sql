-- open --
INSERT INTO {tenant}.cmi5_session (session, registration, token, body, key, launched, heard, ended, how, settled)
VALUES (%(session)s, %(registration)s, %(token)s, %(body)s, NULL, now(), now(), NULL, NULL, false)

-- abandon_others --
-- A registration has one session at a time (cmi5 9.3.6).
UPDATE {tenant}.cmi5_session
   SET ended = now(), how = 'abandoned', settled = false
 WHERE registration = %(registration)s AND ended IS NULL
RETURNING session

-- abandon_silent --
UPDATE {tenant}.cmi5_session
   SET ended = now(), how = 'abandoned', settled = false
 WHERE ended IS NULL AND heard < now() - make_interval(secs => %(seconds)s)
RETURNING session

-- fetchable --
SELECT body, key IS NULL AND ended IS NULL FROM {tenant}.cmi5_session WHERE token = %(token)s

-- fetched --
UPDATE {tenant}.cmi5_session SET key = %(key)s, heard = now() WHERE token = %(token)s

-- hear --
-- It says something, and what follows from it is still to be said.
UPDATE {tenant}.cmi5_session SET heard = now(), settled = false
 WHERE session = %(session)s AND (ended IS NULL OR how = 'terminated')
RETURNING session

-- alive --
SELECT 1 FROM {tenant}.cmi5_session WHERE session = %(session)s AND (ended IS NULL OR how = 'terminated')

-- terminate --
UPDATE {tenant}.cmi5_session SET ended = now(), how = 'terminated', settled = false
 WHERE session = %(session)s AND ended IS NULL

-- get --
SELECT body, how FROM {tenant}.cmi5_session WHERE session = %(session)s

-- settled --
-- Unless it has said something since.
UPDATE {tenant}.cmi5_session SET settled = true WHERE session = %(session)s AND heard <= %(since)s

-- now --
SELECT now()

-- unsettled --
-- Sessions whose consequences somebody began to say and did not finish.
SELECT session FROM {tenant}.cmi5_session
 WHERE NOT settled AND heard < now() - make_interval(secs => %(seconds)s)
 ORDER BY heard LIMIT 100

-- keys_that_ended --
-- A terminated session may repeat itself for a while: the answer may have been lost (cmi5 9.3.8).
SELECT s.key FROM {tenant}.cmi5_session AS s
  JOIN {tenant}.key AS k ON k.key = s.key
 WHERE k.revoked IS NULL
   AND (s.how = 'abandoned' OR s.ended < now() - make_interval(secs => %(seconds)s))
 LIMIT 100
