-- changed --
SELECT pg_notify('lrs_profiles', '{name}')
