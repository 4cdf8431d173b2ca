-- Which keys may read of one learner only? Those that are bound to her; the others have none.
ALTER TABLE {tenant}.key ADD COLUMN learner text NOT NULL DEFAULT '';
