-- Step 7: messages that lie in files here. key: what local/ knows the message by (a Maildir's base name). A uid is given
-- once, in the order in which messages were found, and never again to another key.
CREATE TABLE local_uid (
    mailbox_id INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (mailbox_id, uid)
) WITHOUT ROWID;
CREATE UNIQUE INDEX local_uid_by_key ON local_uid (mailbox_id, key);
