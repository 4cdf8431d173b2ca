-- Who is who. What was known at a position is what the rows up to it say.
-- Texts are UTF-8 in bytea: PostgreSQL's own text can hold no NUL, and a name may.

CREATE TABLE {tenant}.{projection}_learner (
    learner uuid NOT NULL,
    position bigint NOT NULL,       -- registered there, or known anew
    name bytea NOT NULL,
    folded uuid NOT NULL,           -- digest of the name as names are compared
    born text NOT NULL,
    number bytea NOT NULL,
    PRIMARY KEY (learner, position)
);
CREATE INDEX ON {tenant}.{projection}_learner (folded);

CREATE TABLE {tenant}.{projection}_link (
    ifi uuid NOT NULL,              -- digest of the identifier
    position bigint NOT NULL,
    learner uuid NOT NULL,
    linked boolean NOT NULL,        -- or unlinked
    identifier bytea NOT NULL,
    PRIMARY KEY (ifi, position)
);
CREATE INDEX ON {tenant}.{projection}_link (learner);

-- What statements call their actors: a row for each name that an authority has for an identifier.
CREATE TABLE {tenant}.{projection}_identifier (
    ifi uuid NOT NULL,
    said uuid NOT NULL,             -- digest of authority and name
    position bigint NOT NULL,       -- where this was said first
    own uuid NOT NULL,              -- the learner that it is as long as nobody has linked it
    identifier bytea NOT NULL,
    name bytea NOT NULL,            -- empty where none was said
    authority bytea NOT NULL,
    folded uuid,                    -- digest of the name as names are compared
    mail uuid,                      -- digest of the mail address that it is, or has in it
    PRIMARY KEY (ifi, said)
);
CREATE INDEX ON {tenant}.{projection}_identifier (own);
CREATE INDEX ON {tenant}.{projection}_identifier (folded);
CREATE INDEX ON {tenant}.{projection}_identifier (mail);

CREATE TABLE {tenant}.{projection}_erased (
    learner uuid NOT NULL,
    position bigint NOT NULL,
    stored timestamptz NOT NULL,
    words bytea NOT NULL,           -- reason and authority, as a JSON array
    PRIMARY KEY (learner, position)
);
