"""The transcript: what a learner has earned, folded at reading from facts that are never changed."""
