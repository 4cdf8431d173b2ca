"""The log: the truth. Events in one dense order, appended by group commit, never changed."""
