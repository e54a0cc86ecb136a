-- Step 2: what is kept for offline use (base/keep.h).
-- keep_here: as the person chose it in Malle, in words; NULL: as the accounts file says. keep_level, keep_days, keep_bytes: the rule that
-- holds; keep_chosen: somebody chose it. keep_since: what arrived before (Unix seconds) is beyond the rule's limits.
ALTER TABLE mailbox ADD COLUMN keep_here TEXT;
ALTER TABLE mailbox ADD COLUMN keep_chosen INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mailbox ADD COLUMN keep_level INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mailbox ADD COLUMN keep_days INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mailbox ADD COLUMN keep_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mailbox ADD COLUMN keep_since INTEGER NOT NULL DEFAULT 0;

-- kept of a content: the level at which everything of it is here and stays. kept of a body: it belongs to that, and is not evicted.
ALTER TABLE content ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
ALTER TABLE body ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
CREATE INDEX content_kept ON content (kept) WHERE kept > 0;
DROP INDEX body_by_used;
CREATE INDEX body_by_used ON body (used, size) WHERE kept = 0;
CREATE INDEX body_kept ON body (size) WHERE kept = 1;
