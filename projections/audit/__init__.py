"""Proof that the log is complete and unchanged: a Merkle tree over it, proofs, and signed checkpoints."""
