-- What stays of an erased event: its place, its names, its time, and the hash of its leaf in the audit tree. Its state
-- is empty and its salt gone, so that the hash tells nothing of what it was.
ALTER TABLE {tenant}.log ADD COLUMN leaf bytea;
ALTER TABLE {tenant}.log ALTER COLUMN salt DROP NOT NULL;
-- NOT VALID: what was stored until now has a salt, and a large log need not be read to know it.
ALTER TABLE {tenant}.log ADD CONSTRAINT log_leaf CHECK (
    CASE WHEN leaf IS NULL THEN salt IS NOT NULL
         ELSE salt IS NULL AND octet_length(leaf) = 32 AND octet_length(state) = 0 END
) NOT VALID;
