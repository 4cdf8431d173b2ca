-- What the tenant has vouched for. It stands beside the log: a checkpoint in the log would never cover the whole of it.

-- One row: the Ed25519 key that signs, and the name that stands in its signatures for ever.
CREATE TABLE {tenant}.audit_key (
    one boolean PRIMARY KEY CHECK (one),
    name text NOT NULL,
    secret bytea NOT NULL,              -- 32 bytes; leaves the store by no way but a backup
    made timestamptz NOT NULL
);

-- One row for each size of the log that was signed.
CREATE TABLE {tenant}.checkpoint (
    size bigint PRIMARY KEY,
    note bytea NOT NULL,                -- a signed note, as C2SP tlog-checkpoint has it
    made timestamptz NOT NULL
);
