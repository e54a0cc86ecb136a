-- Step 13: which messages the person's filters have seen. uid: up to this one they have, under that UIDVALIDITY. row: rows up to
-- this id were here before filters were: a message that is moved back keeps its row, and is no arrival.
CREATE TABLE filter_mark (
    mailbox_id INTEGER PRIMARY KEY,
    uidvalidity INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    row INTEGER NOT NULL
);
