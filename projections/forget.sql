-- nobody_else --
-- Before any row of it: who writes a batch, retries or compares has a share of this lock, and would wait for our rows
-- while we wait for that. Not for long: all writers of the tenant wait for us, and maybe one for whom we wait.
SET LOCAL lock_timeout = '3s';
LOCK TABLE {tenant}.projection IN EXCLUSIVE MODE;
SET LOCAL lock_timeout = DEFAULT

-- let_go --
-- Nobody holds a build any longer: a batch that was read before is not written. And what was made of rows that go is
-- not what would be made now.
UPDATE {tenant}.projection SET holder = NULL, held_until = NULL, amended = amended + 1

-- empty --
DELETE FROM {}

-- begin_again --
UPDATE {tenant}.projection SET position = 0 WHERE name = %(name)s AND version = %(version)s

-- failures --
-- Their errors may quote what was said.
DELETE FROM {tenant}.projection_failure WHERE position = ANY(%(positions)s)

-- placed --
-- Tables whose rows say at which position they became known.
SELECT table_name::text FROM information_schema.columns WHERE table_schema = %(schema)s AND column_name = 'position'

-- rows --
DELETE FROM {} WHERE position = ANY(%(positions)s)
