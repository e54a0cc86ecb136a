-- Step 9: the ledger of POP3 accounts (pop_ledger.h): one row for each letter that a server was seen to have.
-- copy: PopCopy, place: PopPlace. Times in Unix seconds, 0: not (yet). Rows of letters that are gone there stay for a year, and their
-- UIDL may come again: among those that are still there it is unique.

CREATE TABLE pop_letter (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL,
    uidl TEXT NOT NULL,
    copy INTEGER NOT NULL DEFAULT 0,
    place INTEGER NOT NULL DEFAULT 0,
    size INTEGER NOT NULL DEFAULT 0,
    first_seen INTEGER NOT NULL,
    maildir TEXT,
    name TEXT NOT NULL,
    octets INTEGER NOT NULL DEFAULT 0,
    sha256 TEXT,
    header_sha256 TEXT,
    stored INTEGER NOT NULL DEFAULT 0,
    verified INTEGER NOT NULL DEFAULT 0,
    due INTEGER NOT NULL DEFAULT 0,
    decided INTEGER NOT NULL DEFAULT 0,
    gone INTEGER NOT NULL DEFAULT 0,
    words TEXT
);
CREATE UNIQUE INDEX pop_letter_there ON pop_letter (account_id, uidl) WHERE place < 2;
CREATE INDEX pop_letter_by_uidl ON pop_letter (account_id, uidl);
CREATE INDEX pop_letter_by_name ON pop_letter (name);

-- What the server said about logging in, and when that was last done.
CREATE TABLE pop_server (
    account_id INTEGER PRIMARY KEY,
    last_login INTEGER NOT NULL DEFAULT 0,
    login_delay INTEGER NOT NULL DEFAULT 0,
    expire_days INTEGER NOT NULL DEFAULT -1
);
