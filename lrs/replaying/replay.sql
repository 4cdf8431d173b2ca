-- used --
-- Is anything in this tenant? Contents come before the events that need them, and a key that signs needs none.
SELECT EXISTS (SELECT FROM {tenant}.log) OR EXISTS (SELECT FROM {tenant}.blob)
    OR EXISTS (SELECT FROM {tenant}.audit_key)
