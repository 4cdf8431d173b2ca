-- Frameworks of competencies, as they were imported. Rows are only ever added: what a framework is at a position
-- is its newest package up to it, and nodes of other positions are those of packages that were replaced.

CREATE TABLE {tenant}.{projection}_package (
    framework text NOT NULL,        -- the identifier of its document
    position bigint NOT NULL,
    document bytea NOT NULL,        -- the CFDocument, as it came
    package bytea NOT NULL,         -- the CFPackage, as it came
    PRIMARY KEY (position)
);
CREATE INDEX ON {tenant}.{projection}_package (framework, position);

CREATE TABLE {tenant}.{projection}_node (
    kind text NOT NULL,             -- CFItem, CFAssociation
    identifier text NOT NULL,
    position bigint NOT NULL,
    number integer NOT NULL,        -- its place in its list of the package
    body bytea NOT NULL,            -- as it came
    PRIMARY KEY (kind, position, number)
);
CREATE INDEX ON {tenant}.{projection}_node (identifier);

-- Which nodes an association is between, so that those of an item are found.
CREATE TABLE {tenant}.{projection}_end (
    identifier text NOT NULL,
    position bigint NOT NULL,
    number integer NOT NULL,        -- of the association
    PRIMARY KEY (identifier, position, number)
);
