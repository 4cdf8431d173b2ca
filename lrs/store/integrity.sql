-- statement_term --
SELECT position, term FROM {tenant}.statement_term ORDER BY position

-- statement_ref --
SELECT position, statement, target, voiding FROM {tenant}.statement_ref ORDER BY position

-- activity_definition --
SELECT position, activity, digest, definition FROM {tenant}.activity_definition ORDER BY position

-- agent_name --
SELECT position, agent, digest, name FROM {tenant}.agent_name ORDER BY position

-- attachment --
SELECT position, sha2, content_type FROM {tenant}.attachment ORDER BY position

-- voided --
SELECT statement FROM {tenant}.voided ORDER BY statement

-- statement --
SELECT state FROM {tenant}.log
 WHERE originator_id = %(id)s AND originator_version = 1 AND topic = 'statement-stored' AND leaf IS NULL

