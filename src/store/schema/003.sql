-- Step 3: whose capabilities are remembered ("host:port"): an account that was given another server knows nothing of it.

ALTER TABLE account ADD COLUMN server TEXT;
