"""xAPI Profiles: what a statement means, checked without a database. Imports nothing of the store."""
