CREATE TABLE {tenant}.{projection}_entry (
    position bigint PRIMARY KEY,
    statement uuid NOT NULL,
    stored timestamptz NOT NULL
);
