-- get --
SELECT digest, salt, scopes, authority FROM {tenant}.key WHERE key = %(key)s AND revoked IS NULL

-- revoked --
SELECT digest, salt FROM {tenant}.key WHERE key = %(key)s AND revoked IS NOT NULL

-- list --
SELECT key, label, scopes, issued, revoked FROM {tenant}.key ORDER BY issued

-- put --
INSERT INTO {tenant}.key (key, digest, salt, scopes, authority, label, issued, revoked)
VALUES (%(key)s, %(digest)s, %(salt)s, %(scopes)s, %(authority)s, %(label)s, now(), NULL)
    ON CONFLICT (key) DO UPDATE
   SET digest = EXCLUDED.digest, salt = EXCLUDED.salt, scopes = EXCLUDED.scopes,
       authority = EXCLUDED.authority, label = EXCLUDED.label, revoked = NULL

-- revoke --
UPDATE {tenant}.key SET revoked = now() WHERE key = %(key)s AND revoked IS NULL

-- changed --
SELECT pg_notify('lrs_keys', %(tenant)s)
