"""What does the store look like with something in it? A week of one family; `make demo`."""
