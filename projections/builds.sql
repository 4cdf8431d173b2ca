-- look --
-- Every build, newest first, and how far the log has got: one look tells what there is to do.
SELECT h.position, p.name, p.version, p.code, p.tables, p.position, p.finished IS NOT NULL, p.amended,
       p.holder, COALESCE(p.holder IS NOT NULL AND p.held_until > clock_timestamp(), false),
       extract(epoch FROM clock_timestamp() - p.superseded)::double precision
  FROM {tenant}.head AS h
  LEFT JOIN {tenant}.projection AS p ON true
 ORDER BY p.name, p.version DESC

-- may_begin --
SELECT has_schema_privilege(%(schema)s, 'CREATE')

-- alone --
-- Nobody else begins, finishes or drops a build at the same time. It waits for batches that are being written,
-- and they for it.
LOCK TABLE {tenant}.projection IN SHARE ROW EXCLUSIVE MODE

-- next --
SELECT COALESCE(max(version), 0) + 1 FROM {tenant}.projection WHERE name = %(name)s

-- made --
-- The tables of a build, by the beginning of their names.
SELECT c.relname::text
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname = %(schema)s AND c.relkind IN ('r', 'p')
   AND (c.relname = %(prefix)s OR starts_with(c.relname, %(prefix)s || '_'))
 ORDER BY c.relname

-- grantees --
-- The roles that may run the store, as `lrs migrate --grant-to` let them.
SELECT DISTINCT pg_get_userbyid(a.grantee)::text
  FROM pg_class AS c, aclexplode(c.relacl) AS a
 WHERE c.oid = '{tenant}.projection'::regclass
   AND a.grantee <> c.relowner AND a.grantee <> 0 AND a.privilege_type = 'UPDATE'

-- begin --
INSERT INTO {tenant}.projection (name, version, code, tables, position, holder, held_until)
VALUES (%(name)s, %(version)s, %(code)s, %(tables)s, 0, %(holder)s,
        clock_timestamp() + %(seconds)s * interval '1 second')

-- take --
-- Only one moves a build. A row that is locked is being moved at this moment, so its holder lives.
WITH free AS MATERIALIZED (
    SELECT name, version
      FROM {tenant}.projection
     WHERE name = %(name)s AND version = %(version)s
       AND (holder IS NULL OR holder = %(holder)s OR held_until < clock_timestamp())
       FOR UPDATE SKIP LOCKED
)
UPDATE {tenant}.projection AS p
   SET holder = %(holder)s, held_until = clock_timestamp() + %(seconds)s * interval '1 second'
  FROM free
 WHERE p.name = free.name AND p.version = free.version
RETURNING p.position

-- move --
-- The first word of a batch's transaction: whoever lost the build, or was overtaken, moves no row and must stop.
-- Until the end nobody else takes it, however long that lasts; but a holder that fell silent does not keep it.
-- What a crash of PostgreSQL loses, it loses with its position: the log has it, so nobody waits for the disk.
UPDATE {tenant}.projection
   SET position = %(to)s, held_until = clock_timestamp() + %(seconds)s * interval '1 second',
       superseded = NULL
 WHERE name = %(name)s AND version = %(version)s AND position = %(position)s AND holder = %(holder)s
RETURNING set_config('synchronous_commit', 'off', true),
          set_config('idle_in_transaction_session_timeout', '60s', true)

-- set_aside --
INSERT INTO {tenant}.projection_failure AS f (name, version, position, error, failed)
VALUES (%(name)s, %(version)s, %(position)s, %(error)s, clock_timestamp())
ON CONFLICT (name, version, position) DO UPDATE SET error = excluded.error, failed = excluded.failed

-- failures --
-- Of what was erased since then nothing is taken in, and nothing fails.
SELECT f.name, f.version, f.position
  FROM {tenant}.projection_failure AS f LEFT JOIN {tenant}.log AS l ON l.notification_id = f.position
 WHERE l.leaf IS NULL
 ORDER BY f.name, f.version, f.position

-- release --
UPDATE {tenant}.projection SET holder = NULL, held_until = NULL WHERE holder = %(holder)s

-- read_now --
-- How far the build is that this one is to take the place of; it does not move before this transaction ends.
SELECT position FROM {tenant}.projection
 WHERE name = %(name)s AND code = %(code)s AND finished IS NOT NULL
 ORDER BY version DESC LIMIT 1 FOR UPDATE

-- keep --
-- Nobody takes or moves it before this transaction ends, however long that is.
SELECT position FROM {tenant}.projection
 WHERE name = %(name)s AND version = %(version)s AND holder = %(holder)s
   FOR UPDATE

-- finish --
UPDATE {tenant}.projection SET finished = clock_timestamp()
 WHERE name = %(name)s AND version = %(version)s

-- supersede --
-- Older builds are read no longer, and need not be moved; but those of other code are, by programs that still run.
UPDATE {tenant}.projection
   SET superseded = clock_timestamp(), holder = CASE WHEN code <> %(code)s THEN holder END
 WHERE name = %(name)s AND version < %(version)s AND superseded IS NULL

-- renew --
-- Programs whose code this is still read it, though it has not been moved for long.
UPDATE {tenant}.projection SET superseded = NULL WHERE name = %(name)s AND version = %(version)s

-- forget --
DELETE FROM {tenant}.projection
 WHERE name = %(name)s AND version = %(version)s
   AND (holder IS NULL OR holder = %(holder)s OR held_until < clock_timestamp())
RETURNING tables

-- forget_failures --
DELETE FROM {tenant}.projection_failure WHERE name = %(name)s AND version = %(version)s
