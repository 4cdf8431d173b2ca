-- The audit tree: a hash for each leaf (level 0), and one for each 16 hashes of the level below.

CREATE TABLE {tenant}.{projection}_hash (
    level smallint NOT NULL,
    index bigint NOT NULL,              -- from the left, beginning with 0: leaf n - 1 is position n
    hash bytea NOT NULL,
    PRIMARY KEY (level, index)
);
