"""Read models that follow the log: each folds events into tables that can be thrown away and rebuilt."""
