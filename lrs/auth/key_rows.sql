-- put --
-- A key that is issued again keeps the time at which it was issued first.
INSERT INTO {tenant}.key (key, digest, salt, scopes, authority, label, learner, issued, revoked)
VALUES (%(key)s, %(digest)s, %(salt)s, %(scopes)s, %(authority)s, %(label)s, %(learner)s, %(at)s, NULL)
    ON CONFLICT (key) DO UPDATE
   SET digest = EXCLUDED.digest, salt = EXCLUDED.salt, scopes = EXCLUDED.scopes,
       authority = EXCLUDED.authority, label = EXCLUDED.label,
       learner = EXCLUDED.learner, revoked = NULL

-- revoke --
UPDATE {tenant}.key SET revoked = %(at)s WHERE key = %(key)s AND revoked IS NULL

-- every --
-- All that a key is, for who compares it with the log.
SELECT key, digest, salt, scopes, authority, label, learner, issued, revoked FROM {tenant}.key
