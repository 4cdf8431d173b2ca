"""Competency maps: what a learner can do, folded at reading from facts that are never changed."""
