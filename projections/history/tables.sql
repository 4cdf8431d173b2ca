-- By what each event is found. What happened, and when, is in the log, and is read there.

CREATE TABLE {tenant}.{projection}_term (
    term uuid NOT NULL,             -- digest of a kind and a value: project.term
    position bigint NOT NULL,
    PRIMARY KEY (term, position)
);
