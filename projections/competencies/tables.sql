-- What single events mean for competency maps. Rows are only ever added, each with the position of its event,
-- so that what was known at a position is what the rows up to it say. Columns, not documents: a map is made of
-- thousands of these rows.

CREATE TABLE {tenant}.{projection}_evidence (
    ifi uuid NOT NULL,              -- digest of the learner's identifier
    position bigint NOT NULL,
    statement uuid NOT NULL,
    at bigint NOT NULL,             -- its timestamp, in microseconds since 1970
    score double precision,         -- 0 to 1; NULL where something was met, and nothing scored
    candidates bytea NOT NULL,      -- what it may be evidence of: a byte of place and type, and a key, each
    authority bytea NOT NULL,       -- JSON array of identifiers
    named bytea NOT NULL,           -- JSON array of IRI and name of those that say they are competencies
    PRIMARY KEY (ifi, position)
);

CREATE TABLE {tenant}.{projection}_claim (
    ifi uuid NOT NULL,
    position bigint NOT NULL,
    statement uuid NOT NULL,
    facts bytea NOT NULL,           -- claims.Claim, from its third field on, as a JSON array
    PRIMARY KEY (ifi, position)
);

CREATE TABLE {tenant}.{projection}_voided (
    target uuid NOT NULL,
    position bigint NOT NULL,
    statement uuid NOT NULL,        -- that voids the target
    facts bytea NOT NULL,
    PRIMARY KEY (target, position)
);

CREATE TABLE {tenant}.{projection}_reference (
    target uuid NOT NULL,
    position bigint NOT NULL,
    statement uuid NOT NULL,        -- that verifies the target, or ends the goal that it set
    facts bytea NOT NULL,
    PRIMARY KEY (target, position)
);

-- Who keeps a map asks what has been said since.
CREATE INDEX ON {tenant}.{projection}_voided (position);
CREATE INDEX ON {tenant}.{projection}_reference (position);
