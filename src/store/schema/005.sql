-- Step 5: rows of a mailbox that was numbered anew (UIDVALIDITY changed). They wait, shown nowhere, until the summaries under the new
-- numbers are here, and are known again by envelope, size and moment of delivery (renumber.c).

CREATE TABLE renumbered (
    message_id INTEGER PRIMARY KEY,
    mailbox_id INTEGER NOT NULL
);
CREATE INDEX renumbered_by_mailbox ON renumbered (mailbox_id);
