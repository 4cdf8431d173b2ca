-- Who may come in? What a request is checked against; commits with KeyIssued and KeyRevoked.
CREATE TABLE {tenant}.key (
    key text PRIMARY KEY,
    digest bytea NOT NULL,              -- HMAC-SHA-256 of the secret under the salt
    salt bytea NOT NULL,
    scopes text[] NOT NULL,
    authority bytea NOT NULL,           -- the Agent or Group that statements of this key carry, as JSON
    label text NOT NULL,
    issued timestamptz NOT NULL,
    revoked timestamptz
);
