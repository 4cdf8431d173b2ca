-- The log: the truth. One row per event; once committed it never changes.

-- One row: the writer's lock, the last position given, and the clock that never steps back.
CREATE TABLE {tenant}.head (
    one boolean PRIMARY KEY CHECK (one),
    position bigint NOT NULL,           -- of the last event
    previous bigint NOT NULL,           -- the position before the last append
    began timestamptz NOT NULL          -- stored of the last append's first event; the others follow it,
                                        -- a microsecond each
) WITH (fillfactor = 10);
INSERT INTO {tenant}.head VALUES (true, 0, 0, 'epoch');

CREATE TABLE {tenant}.log (
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    notification_id bigint NOT NULL,    -- the position: 1, 2, 3, ... without a gap
    stored timestamptz NOT NULL,        -- grows with the position
    salt uuid NOT NULL,                 -- lets a leaf of the audit tree outlive an erased row without betraying it
    PRIMARY KEY (originator_id, originator_version)
);
CREATE UNIQUE INDEX log_position ON {tenant}.log (notification_id);
CREATE INDEX log_statement ON {tenant}.log (notification_id) WHERE topic = 'statement-stored';
CREATE INDEX log_stored ON {tenant}.log (stored);

CREATE FUNCTION {tenant}.refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {tenant}.log
    FOR EACH STATEMENT EXECUTE FUNCTION {tenant}.refuse_rewriting();
