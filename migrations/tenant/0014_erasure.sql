-- A row of the log may change in one way: it is erased. Its state and its salt go, and the leaf that the audit tree
-- has of it stays (0011). The database computes that leaf itself, so that no role can put another one in its place.

CREATE FUNCTION {tenant}.leaf_of(event {tenant}.log) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256('\x00'::bytea || uuid_send(event.salt)
                  || convert_to(format(E'%s\n%s\n%s\n%s\n%s\n', event.notification_id, event.originator_id,
                                       event.originator_version, event.topic,
                                       to_char(event.stored AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')),
                                'UTF8')
                  || event.state)
$$;

CREATE FUNCTION {tenant}.refuse_all_but_erasing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.leaf IS NULL AND NEW.leaf = {tenant}.leaf_of(OLD) AND NEW.salt IS NULL AND NEW.state = ''
       AND (NEW.originator_id, NEW.originator_version, NEW.topic, NEW.notification_id, NEW.stored)
         = (OLD.originator_id, OLD.originator_version, OLD.topic, OLD.notification_id, OLD.stored) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the log is append-only: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;

DROP TRIGGER append_only ON {tenant}.log;
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON {tenant}.log
    FOR EACH STATEMENT EXECUTE FUNCTION {tenant}.refuse_rewriting();
CREATE TRIGGER erase_only BEFORE UPDATE ON {tenant}.log
    FOR EACH ROW EXECUTE FUNCTION {tenant}.refuse_all_but_erasing();
