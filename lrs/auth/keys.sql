-- get --
SELECT k.digest, k.salt, k.scopes, k.authority, k.learner, s.body
  FROM {tenant}.key AS k
  LEFT JOIN {tenant}.cmi5_session AS s ON s.key = k.key
 WHERE k.key = %(key)s AND k.revoked IS NULL

-- revoked --
SELECT digest, salt FROM {tenant}.key WHERE key = %(key)s AND revoked IS NOT NULL

-- list --
SELECT key, label, scopes, learner, issued, revoked FROM {tenant}.key ORDER BY issued

-- put --
INSERT INTO {tenant}.key (key, digest, salt, scopes, authority, label, learner, issued, revoked)
VALUES (%(key)s, %(digest)s, %(salt)s, %(scopes)s, %(authority)s, %(label)s, %(learner)s, now(), NULL)
    ON CONFLICT (key) DO UPDATE
   SET digest = EXCLUDED.digest, salt = EXCLUDED.salt, scopes = EXCLUDED.scopes,
       authority = EXCLUDED.authority, label = EXCLUDED.label,
       learner = EXCLUDED.learner, revoked = NULL

-- revoke --
UPDATE {tenant}.key SET revoked = now() WHERE key = %(key)s AND revoked IS NULL

-- changed --
SELECT pg_notify('lrs_keys', %(tenant)s)

-- every --
-- All that a key is, for who compares it with the log.
SELECT key, digest, salt, scopes, authority, label, learner, revoked IS NOT NULL FROM {tenant}.key
