-- What single events say of xAPI Profiles, and how many statements keep to them. Rows are only ever added.

CREATE TABLE {tenant}.{projection}_added (
    position bigint PRIMARY KEY,
    profile text NOT NULL,
    sha256 text NOT NULL,
    document bytea NOT NULL
);

CREATE TABLE {tenant}.{projection}_policy (
    position bigint PRIMARY KEY,
    profile text NOT NULL,
    policy text NOT NULL
);

CREATE TABLE {tenant}.{projection}_said (
    registration uuid NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (registration, position)
);

CREATE TABLE {tenant}.{projection}_voided (
    target uuid NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (target, position)
);

-- A row is what one document says of one block of the log, whenever it is made: it holds at every moment at which
-- both are known.
CREATE TABLE {tenant}.{projection}_tally (
    added bigint NOT NULL,          -- the position at which the document was added
    block bigint NOT NULL,          -- of blocks.SIZE positions
    facts bytea NOT NULL,           -- tally.Tally as JSON
    PRIMARY KEY (added, block)
);
