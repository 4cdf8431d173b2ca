"""What does the store look like with something in it? A school year of one family; `make demo`."""
