-- names --
-- What an agent has been called in statements, oldest first.
SELECT name FROM {tenant}.agent_name WHERE agent = %(agent)s ORDER BY position, digest
