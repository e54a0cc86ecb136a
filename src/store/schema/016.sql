-- Step 16: base subjects (RFC 5256 §2.1), for those who want threads merged by them: a hash whose lowest bit says that something like "Re:" was
-- taken away; 0: nothing is left of it; NULL: not worked out yet.
ALTER TABLE content ADD COLUMN subject_hash INTEGER;
