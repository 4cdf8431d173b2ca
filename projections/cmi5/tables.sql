-- What single events say of cmi5. Rows are only ever added, each with the position of its event, so that what was known
-- at a position is what the rows up to it say.

CREATE TABLE {tenant}.{projection}_said (
    registration uuid NOT NULL,
    position bigint NOT NULL,
    ifi uuid NOT NULL,              -- digest of the actor's identifier
    statement uuid NOT NULL,
    facts bytea NOT NULL,           -- lrs.cmi5.said.Said, from its fourth field on, as a JSON array
    PRIMARY KEY (registration, position)
);
CREATE INDEX ON {tenant}.{projection}_said (ifi);

CREATE TABLE {tenant}.{projection}_voided (
    target uuid NOT NULL,
    position bigint NOT NULL,
    authorities bytea NOT NULL,     -- of the statement that voids it, as a JSON array
    PRIMARY KEY (target, position)
);

CREATE TABLE {tenant}.{projection}_structure (
    structure uuid NOT NULL,
    position bigint NOT NULL,
    sha256 text NOT NULL,
    body bytea NOT NULL,            -- the course structure as JSON
    PRIMARY KEY (structure, position)
);
