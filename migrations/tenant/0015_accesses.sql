-- Who has read what of whom? It stands beside the log: what people read is none of what happened to learners, and
-- nobody who writes waits for it.

-- One row: the lock of those who add, the last number given, and a clock that never steps back.
CREATE TABLE {tenant}.access_head (
    one boolean PRIMARY KEY CHECK (one),
    number bigint NOT NULL,
    at timestamptz NOT NULL
) WITH (fillfactor = 10);
INSERT INTO {tenant}.access_head VALUES (true, 0, 'epoch');

CREATE TABLE {tenant}.access (
    number bigint PRIMARY KEY,          -- 1, 2, 3, ... without a gap, in the order of commits
    at timestamptz NOT NULL,            -- never before that of the number before
    by text NOT NULL,                   -- the key, or who was at the command line
    learner uuid NOT NULL,              -- of whom; 00000000-0000-0000-0000-000000000000 where it was of many
    what text NOT NULL,                 -- the request or the command
    position bigint NOT NULL,           -- how far of the log was told, or as of which position
    purpose text NOT NULL               -- as the reader gave it, or empty
);
CREATE INDEX access_learner ON {tenant}.access (learner, number);
CREATE INDEX access_by ON {tenant}.access (by, number);
CREATE INDEX access_at ON {tenant}.access (at, number);

CREATE FUNCTION {tenant}.refuse_forgetting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the access log is append-only: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {tenant}.access
    FOR EACH STATEMENT EXECUTE FUNCTION {tenant}.refuse_forgetting();
