-- Which sessions of cmi5 has the store launched, and how are they? What they said is in the log.
CREATE TABLE {tenant}.cmi5_session (
    session uuid PRIMARY KEY,
    registration uuid NOT NULL,
    token bytea NOT NULL,               -- SHA-256 of what the fetch URL ends in
    body bytea NOT NULL,                -- lrs.cmi5.bound.Bound as JSON
    key text,                           -- that the fetch URL has handed out
    launched timestamptz NOT NULL,
    heard timestamptz NOT NULL,         -- when its unit said something, or was launched
    ended timestamptz,
    how text,                           -- terminated or abandoned
    settled boolean NOT NULL            -- whether all has been said that follows from it, and its key is revoked
);
CREATE UNIQUE INDEX ON {tenant}.cmi5_session (token);
CREATE INDEX ON {tenant}.cmi5_session (registration);
CREATE INDEX ON {tenant}.cmi5_session (key);
CREATE INDEX ON {tenant}.cmi5_session (heard) WHERE ended IS NULL OR NOT settled;
