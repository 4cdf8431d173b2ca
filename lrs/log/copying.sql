-- copy --
COPY {tenant}.log (notification_id, stored, topic, originator_id, originator_version, state, salt, leaf)
FROM STDIN (FORMAT binary)

-- place --
UPDATE {tenant}.head
   SET previous = %(previous)s, position = %(position)s, told = 'epoch',
       began = %(stored)s - (%(position)s - %(previous)s - 1) * interval '1 microsecond'
 WHERE one
