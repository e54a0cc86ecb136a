-- Step 4: Gmail's labels of a message (X-GM-LABELS), one a line; NULL where there are none or the server has no such thing.

ALTER TABLE content ADD COLUMN labels TEXT;
