-- Until when a client was told that nothing comes any more: what is appended is stored later, even where the
-- machine's clock has stepped back since.
ALTER TABLE {tenant}.head ADD COLUMN told timestamptz NOT NULL DEFAULT 'epoch';
