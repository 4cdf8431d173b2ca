-- count --
INSERT INTO {tenant}.{projection}_count AS c (topic, events) VALUES (%(topic)s, 1)
ON CONFLICT (topic) DO UPDATE SET events = c.events + 1
