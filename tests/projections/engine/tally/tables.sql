CREATE TABLE {tenant}.{projection}_entry (
    position bigint PRIMARY KEY,
    topic text NOT NULL,
    text text
);
CREATE TABLE {tenant}.{projection}_count (
    topic text PRIMARY KEY,
    events bigint NOT NULL
);
