"""Who did what when, and about whom: statements and all other events, in words."""
