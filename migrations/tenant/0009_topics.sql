-- What registrars and operators did lies far apart among statements and documents: it is found by its topic.
CREATE INDEX log_topic ON {tenant}.log (topic, notification_id)
 WHERE topic <> 'statement-stored' AND topic <> 'document-stored' AND topic <> 'document-deleted';
