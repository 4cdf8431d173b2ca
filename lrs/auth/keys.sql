-- get --
SELECT k.digest, k.salt, k.scopes, k.authority, k.learner, s.body
  FROM {tenant}.key AS k
  LEFT JOIN {tenant}.cmi5_session AS s ON s.key = k.key
 WHERE k.key = %(key)s AND k.revoked IS NULL

-- revoked --
SELECT digest, salt FROM {tenant}.key WHERE key = %(key)s AND revoked IS NOT NULL

-- list --
SELECT key, label, scopes, learner, issued, revoked FROM {tenant}.key ORDER BY issued

-- changed --
SELECT pg_notify('lrs_keys', %(tenant)s)
