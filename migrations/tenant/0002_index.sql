-- The index: what answers today's queries. Commits with the event; can be derived again from the log.

-- Which statements does a filter match? One row per statement and thing a filter can ask for.
CREATE TABLE {tenant}.statement_term (
    term uuid NOT NULL,                 -- 128-bit digest of the kind and value of the filter
    position bigint NOT NULL,
    PRIMARY KEY (term, position)
);

-- Which statement refers to which? Its matches follow the reference (Communication 2.1.3).
CREATE TABLE {tenant}.statement_ref (
    position bigint PRIMARY KEY,
    statement uuid NOT NULL,
    target uuid NOT NULL,
    voiding boolean NOT NULL
);
CREATE INDEX statement_ref_target ON {tenant}.statement_ref (target);
CREATE INDEX statement_ref_statement ON {tenant}.statement_ref (statement);

-- Which statements are voided? The target may arrive later than its void; it is never a voiding statement itself.
CREATE TABLE {tenant}.voided (
    statement uuid PRIMARY KEY
);

-- What has been said about an activity? Each definition once; reading merges them (Communication 2.5).
CREATE TABLE {tenant}.activity_definition (
    activity uuid NOT NULL,
    digest uuid NOT NULL,
    position bigint NOT NULL,
    definition bytea NOT NULL,
    PRIMARY KEY (activity, digest)
);

-- By which names has an agent been called? (Communication 2.4)
CREATE TABLE {tenant}.agent_name (
    agent uuid NOT NULL,
    digest uuid NOT NULL,
    position bigint NOT NULL,
    name bytea NOT NULL,
    PRIMARY KEY (agent, digest)
);
