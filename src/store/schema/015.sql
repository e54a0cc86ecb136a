-- Step 15: placements whose UID only an APPENDUID or COPYUID told of: a number by word, until the mailbox was seen whole with it (told_uids.c).
CREATE TABLE told_uid (
    message_id INTEGER PRIMARY KEY,
    mailbox_id INTEGER NOT NULL
);
CREATE INDEX told_uid_by_mailbox ON told_uid (mailbox_id);
CREATE TRIGGER told_uid_gone AFTER DELETE ON message BEGIN
    DELETE FROM told_uid WHERE message_id = OLD.id;
END;
