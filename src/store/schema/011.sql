-- Step 11: messages carried to another account: fetched here, appended there, and only then removed here.
-- carried: the target belongs to another account. step: how far a carried message got: 0 not sent, 1 sent, and perhaps
-- there, 2 there for certain.
ALTER TABLE intent ADD COLUMN carried INTEGER NOT NULL DEFAULT 0;
ALTER TABLE intent_message ADD COLUMN step INTEGER NOT NULL DEFAULT 0;
