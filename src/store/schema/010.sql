-- Step 10: what is asked of the submission server (intent.h: options are SendOption bits, release_at Unix µs), and the letter's row in Drafts
-- when it was put there to be submitted by its name (outbox.c); 0: it was not.

ALTER TABLE sending ADD COLUMN options INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sending ADD COLUMN release_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sending ADD COLUMN staged_message_id INTEGER NOT NULL DEFAULT 0;
