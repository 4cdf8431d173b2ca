"""Who has read what of whom? Noted before the answer goes out, and kept as long as the record is."""
