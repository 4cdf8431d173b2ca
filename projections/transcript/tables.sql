-- What single events mean for transcripts. Rows are only ever added, each with the position of its event,
-- so that what was known at a position is what the rows up to it say.

CREATE TABLE {tenant}.{projection}_contribution (
    ifi uuid NOT NULL,              -- digest of the actor's identifier
    position bigint NOT NULL,
    statement uuid NOT NULL,
    as_member boolean NOT NULL,     -- of a Group that the statement is about
    facts bytea,                    -- contribution.Contribution, from its fourth field on, as a JSON array
    PRIMARY KEY (ifi, position)
);

-- The facts of a statement about several, which are kept once: their rows above have none.
CREATE TABLE {tenant}.{projection}_shared (
    position bigint PRIMARY KEY,
    facts bytea NOT NULL
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
    statement uuid NOT NULL,        -- that verifies the target
    facts bytea NOT NULL,
    PRIMARY KEY (target, position)
);

CREATE TABLE {tenant}.{projection}_decision (
    learner uuid NOT NULL,
    position bigint NOT NULL,
    facts bytea NOT NULL,
    PRIMARY KEY (learner, position)
);

CREATE TABLE {tenant}.{projection}_issue (
    learner uuid NOT NULL,
    position bigint NOT NULL,
    facts bytea NOT NULL,
    PRIMARY KEY (learner, position)
);
