-- What events say of the things of the catalogue. Rows are only ever added, so that the catalogue of a position
-- is what the newest rows up to it say.

CREATE TABLE {tenant}.{projection}_entry (
    kind text NOT NULL,             -- provider, scale, course, activity, alignment, policy, mastery
    id text NOT NULL,
    position bigint NOT NULL,
    body bytea NOT NULL,            -- the event, as the log has it
    PRIMARY KEY (position)
);
CREATE INDEX ON {tenant}.{projection}_entry (kind, id, position);
