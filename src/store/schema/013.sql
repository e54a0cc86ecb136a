-- Step 13: which messages the person's filters have seen. uid: up to this one they have, under that UIDVALIDITY. row: rows up to
-- this id were here before filters were.
CREATE TABLE filter_mark (
    mailbox_id INTEGER PRIMARY KEY,
    uidvalidity INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    row INTEGER NOT NULL
);
-- Rows that were looked at: a message that is moved away and back has a new UID, and keeps its row.
CREATE TABLE filtered (
    message_id INTEGER PRIMARY KEY
);
CREATE TRIGGER filtered_gone AFTER DELETE ON message BEGIN
    DELETE FROM filtered WHERE message_id = OLD.id;
END;
