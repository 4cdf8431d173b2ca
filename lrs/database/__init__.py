"""PostgreSQL: how we reach it, run it, migrate it and speak to it."""
