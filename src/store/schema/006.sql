-- Step 6: letters to be sent (outbox.c). not_before: Unix µs, the hold, "send later" or the next try. last_octets: durable before the
-- letter's last octets go to the server. copied: the copy to be kept was committed.

CREATE TABLE sending (
    intent_id INTEGER PRIMARY KEY,
    sender TEXT NOT NULL,
    not_before INTEGER NOT NULL DEFAULT 0,
    last_octets INTEGER NOT NULL DEFAULT 0,
    copied INTEGER NOT NULL DEFAULT 0
);
-- state: RecipientState of intent.h.
CREATE TABLE recipient (
    intent_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    address TEXT NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    words TEXT,
    PRIMARY KEY (intent_id, position)
) WITHOUT ROWID;
