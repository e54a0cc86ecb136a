-- Step 12: letters that were taken from the spool (spooled.c): their files may still lie there when the program dies between the commit
-- and their removal, and are then not sent a second time.

CREATE TABLE spooled (
    id TEXT PRIMARY KEY,
    intent_id INTEGER NOT NULL
) WITHOUT ROWID;
