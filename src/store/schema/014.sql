-- Step 14: threads can be taken apart again, by hand and when what joined them goes (threads.c): msgid is found by thread, and tells the
-- thread itself, so that names of threads that were joined to others are not needed any more.
-- parent: what the person decided about the message of that Message-ID: below which it stands (its hash), 0: it begins a thread; NULL:
-- nothing. muted: the person does not want to hear of its thread. Rows that hold either outlive their messages, with thread_id 0.

UPDATE msgid SET thread_id = (WITH RECURSIVE step(id) AS (VALUES (msgid.thread_id) UNION ALL
    SELECT a.into_id FROM step s JOIN thread_alias a ON a.id = s.id)
    SELECT id FROM step WHERE id NOT IN (SELECT id FROM thread_alias))
    WHERE thread_id IN (SELECT id FROM thread_alias);
DROP TABLE thread_alias;
ALTER TABLE msgid ADD COLUMN parent INTEGER;
ALTER TABLE msgid ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;
CREATE INDEX msgid_by_thread ON msgid (thread_id);
CREATE INDEX msgid_chosen ON msgid (thread_id) WHERE parent IS NOT NULL;
CREATE INDEX msgid_muted ON msgid (thread_id) WHERE muted = 1;
