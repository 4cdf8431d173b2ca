"""The rules of xAPI: JSON in, answer out, no I/O. Faults, equality, completion, queries and formats."""
