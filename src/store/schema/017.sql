-- Step 17: letters whose staged form (step 10) has another header, since recipients do not see who gets a blind copy (outbox.c):
-- staged_header: octets of the kept file's header, with its empty line; 0: what is staged is the file. copy_intent_id: the APPEND that puts
-- the copy in Sent together from that header and what is staged; 0: none.

ALTER TABLE sending ADD COLUMN staged_header INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sending ADD COLUMN copy_intent_id INTEGER NOT NULL DEFAULT 0;
