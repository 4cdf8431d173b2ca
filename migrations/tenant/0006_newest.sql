-- What was said last of an activity or of an agent, however much was said before.
CREATE INDEX activity_definition_newest ON {tenant}.activity_definition (activity, position, digest);
CREATE INDEX agent_name_newest ON {tenant}.agent_name (agent, position, digest);
