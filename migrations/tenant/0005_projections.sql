-- What follows the log, and how far it has got. The tables of a projection are made with its builds and dropped with
-- them; they stand in no migration, for they can be thrown away.

-- One row per build of a projection. What is read is the newest finished build of the reader's code.
CREATE TABLE {tenant}.projection (
    name text NOT NULL,
    version integer NOT NULL,           -- of the build: part of its tables' names, as in transcript_v3_line
    code integer NOT NULL,              -- the version that the author of the projection gave it
    tables text[] NOT NULL,
    position bigint NOT NULL,           -- of the last event that is in the tables; commits with the rows
    holder uuid,                        -- who alone may move the position
    held_until timestamptz,             -- by the database's clock; somebody else may take over from then on
    finished timestamptz,               -- since when it is complete, and may be read
    superseded timestamptz,             -- since when a newer build is read instead
    PRIMARY KEY (name, version)
) WITH (fillfactor = 50);

-- Events that a fold, or the tables, could not take: set aside until they are tried again.
CREATE TABLE {tenant}.projection_failure (
    name text NOT NULL,
    version integer NOT NULL,
    position bigint NOT NULL,
    error text NOT NULL,
    failed timestamptz NOT NULL,
    PRIMARY KEY (name, version, position)
);
