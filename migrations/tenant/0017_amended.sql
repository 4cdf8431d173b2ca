-- Rows of positions that a build has passed may be removed (an erasure) or added (a retry): whoever keeps what was made
-- of them looks how often that has happened.
ALTER TABLE {tenant}.projection ADD COLUMN amended bigint NOT NULL DEFAULT 0;
