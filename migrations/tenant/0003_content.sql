-- Content that lies beside the log, addressed by what it is: attachments and documents.

CREATE TABLE {tenant}.blob (
    sha2 bytea PRIMARY KEY,             -- SHA-256 of the content
    size bigint NOT NULL,
    created timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE {tenant}.blob_chunk (
    sha2 bytea NOT NULL REFERENCES {tenant}.blob ON DELETE CASCADE,
    number integer NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (sha2, number)
);

-- Which blobs belong to which statement? The foreign key keeps a blob as long as somebody needs it.
CREATE TABLE {tenant}.attachment (
    position bigint NOT NULL,
    sha2 bytea NOT NULL REFERENCES {tenant}.blob,
    content_type text NOT NULL,
    PRIMARY KEY (position, sha2)
);
CREATE INDEX attachment_sha2 ON {tenant}.attachment (sha2);

CREATE TABLE {tenant}.document (
    kind text NOT NULL,                 -- state, agent_profile or activity_profile
    owner uuid NOT NULL,                -- 128-bit digest of whose and about what
    document_id text NOT NULL,
    registration text NOT NULL,         -- of a state document, or empty
    etag text NOT NULL,                 -- quoted SHA-1 of the content
    content_type text NOT NULL,
    sha2 bytea NOT NULL REFERENCES {tenant}.blob,
    updated timestamptz NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (kind, owner, document_id, registration)
);
CREATE INDEX document_sha2 ON {tenant}.document (sha2);
