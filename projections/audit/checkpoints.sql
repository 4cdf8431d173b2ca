-- key --
SELECT name, secret FROM {tenant}.audit_key WHERE one

-- put_key --
-- Only the first one counts: a second key would make the checkpoints of the first those of somebody else.
INSERT INTO {tenant}.audit_key (one, name, secret, made) VALUES (true, %(name)s, %(secret)s, clock_timestamp())
    ON CONFLICT DO NOTHING

-- put --
-- Ed25519 signs the same text to the same bytes, so whoever comes second has nothing to add.
INSERT INTO {tenant}.checkpoint (size, note, made) VALUES (%(size)s, %(note)s, clock_timestamp())
    ON CONFLICT DO NOTHING

-- some --
SELECT size, note, made FROM {tenant}.checkpoint WHERE size < %(before)s ORDER BY size DESC LIMIT %(limit)s

-- covering --
SELECT size, note, made FROM {tenant}.checkpoint WHERE size >= %(position)s ORDER BY size LIMIT 1

-- fresh --
-- Has somebody signed within so many seconds?
SELECT EXISTS (SELECT FROM {tenant}.checkpoint WHERE made > clock_timestamp() - %(seconds)s * interval '1 second')
