-- Step 1: the shape of the store. Ids are never used twice (AUTOINCREMENT): an anchor, a tag or a journal row
-- that outlives what it names must not find something else in its place.

CREATE TABLE account (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    capabilities TEXT,
    delimiter TEXT,
    prefix TEXT NOT NULL DEFAULT ''
);

-- name, attributes: base, what the server last said. shown_*: base plus unfinished intents.
-- wire_stale: made or renamed here, the server's spelling is not known before the next LIST.
-- local_intent: made by that intent and not seen on the server yet.
CREATE TABLE mailbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    wire_name TEXT NOT NULL,
    wire_stale INTEGER NOT NULL DEFAULT 0,
    local_intent INTEGER NOT NULL DEFAULT 0,
    delimiter INTEGER NOT NULL DEFAULT 0,
    role INTEGER NOT NULL DEFAULT 0,
    attributes INTEGER NOT NULL DEFAULT 0,
    shown_name TEXT NOT NULL,
    shown_attributes INTEGER NOT NULL DEFAULT 0,
    shown_gone INTEGER NOT NULL DEFAULT 0,
    uidvalidity INTEGER NOT NULL DEFAULT 0,
    uidnext INTEGER NOT NULL DEFAULT 0,
    highestmodseq INTEGER NOT NULL DEFAULT 0,
    permanent_flags TEXT,
    server_messages INTEGER NOT NULL DEFAULT 0,
    server_unseen INTEGER NOT NULL DEFAULT 0,
    complete INTEGER NOT NULL DEFAULT 0,
    lowest_synced_uid INTEGER NOT NULL DEFAULT 0,
    synced_at INTEGER NOT NULL DEFAULT 0,
    shown_total INTEGER NOT NULL DEFAULT 0,
    shown_unread INTEGER NOT NULL DEFAULT 0,
    shown_flagged INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX mailbox_by_wire_name ON mailbox (account_id, wire_name);

-- What a message is, once, however many placements. envelope: store/envelope.h. refs: the Message-IDs it refers to,
-- as 64-bit hashes, oldest first.
CREATE TABLE content (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL,
    placements INTEGER NOT NULL,
    msgid_hash INTEGER,
    date INTEGER NOT NULL,
    internal_date INTEGER NOT NULL,
    size INTEGER NOT NULL,
    has_structure INTEGER NOT NULL DEFAULT 0,
    has_attachment INTEGER NOT NULL DEFAULT 0,
    refs BLOB,
    envelope BLOB
);

-- A placement: this content in that mailbox. mailbox_id, uid, modseq, base_*: what the server last said (uid NULL: not
-- known, or not there yet; mailbox_id NULL: nowhere on the server yet). shown_*: base plus unfinished intents
-- (shown_mailbox NULL: hidden). withheld: marked \Deleted for good by a decision here, hidden until it is expunged.
-- pending: how many unfinished intents touch it. The sort keys are copies, because an index cannot join.
CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    content_id INTEGER NOT NULL,
    thread_id INTEGER NOT NULL,
    mailbox_id INTEGER,
    uid INTEGER,
    modseq INTEGER NOT NULL DEFAULT 0,
    base_flags INTEGER NOT NULL DEFAULT 0,
    base_keywords TEXT NOT NULL DEFAULT '',
    withheld INTEGER NOT NULL DEFAULT 0,
    shown_mailbox INTEGER,
    shown_flags INTEGER NOT NULL DEFAULT 0,
    shown_keywords TEXT NOT NULL DEFAULT '',
    unread INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0,
    pending INTEGER NOT NULL DEFAULT 0,
    date INTEGER NOT NULL,
    internal_date INTEGER NOT NULL,
    size INTEGER NOT NULL,
    from_key TEXT NOT NULL,
    subject_key TEXT NOT NULL
);
CREATE UNIQUE INDEX message_by_uid ON message (mailbox_id, uid);
CREATE INDEX message_by_thread ON message (thread_id, shown_mailbox, date);
CREATE INDEX message_by_date ON message (shown_mailbox, date);
CREATE INDEX message_by_arrived ON message (shown_mailbox, internal_date);
CREATE INDEX message_by_from ON message (shown_mailbox, from_key, date);
CREATE INDEX message_by_subject ON message (shown_mailbox, subject_key, date);
CREATE INDEX message_by_size ON message (shown_mailbox, size);
CREATE INDEX unread_by_date ON message (shown_mailbox, date) WHERE unread = 1;
CREATE INDEX unread_by_arrived ON message (shown_mailbox, internal_date) WHERE unread = 1;
CREATE INDEX unread_by_from ON message (shown_mailbox, from_key, date) WHERE unread = 1;
CREATE INDEX unread_by_subject ON message (shown_mailbox, subject_key, date) WHERE unread = 1;
CREATE INDEX unread_by_size ON message (shown_mailbox, size) WHERE unread = 1;
CREATE INDEX deleted_by_mailbox ON message (shown_mailbox) WHERE deleted = 1;

-- Every Message-ID ever seen, as a message's own or in its References: which thread it belongs to, and which content bears it.
CREATE TABLE msgid (
    hash INTEGER PRIMARY KEY,
    thread_id INTEGER NOT NULL,
    content_id INTEGER
);
-- A thread that was joined to another one.
CREATE TABLE thread_alias (
    id INTEGER PRIMARY KEY,
    into_id INTEGER NOT NULL
);
-- The threads of a list: a mailbox (list = its id) or a view (list = minus its id).
CREATE TABLE thread_list (
    thread_id INTEGER NOT NULL,
    list INTEGER NOT NULL,
    newest INTEGER NOT NULL,
    total INTEGER NOT NULL,
    unread INTEGER NOT NULL,
    PRIMARY KEY (thread_id, list)
) WITHOUT ROWID;
CREATE INDEX thread_list_by_newest ON thread_list (list, newest, thread_id);
CREATE INDEX thread_list_unread ON thread_list (list, newest, thread_id) WHERE unread > 0;

-- The structure, flat, in the order of the tree.
CREATE TABLE part (
    content_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    depth INTEGER NOT NULL,
    section TEXT NOT NULL,
    type TEXT NOT NULL,
    subtype TEXT NOT NULL,
    parameters BLOB,
    encoding TEXT,
    disposition TEXT,
    filename TEXT,
    cid TEXT,
    description TEXT,
    octets INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    PRIMARY KEY (content_id, position)
) WITHOUT ROWID;

-- Bodies: small ones in the row, large ones in a file named by digest beside the store; a file that begins with '/' is
-- not ours (a message waiting to be appended) and never evicted.
CREATE TABLE body (
    id INTEGER PRIMARY KEY,
    content_id INTEGER NOT NULL,
    section TEXT NOT NULL,
    size INTEGER NOT NULL,
    used INTEGER NOT NULL,
    file TEXT,
    bytes BLOB
);
CREATE UNIQUE INDEX body_by_section ON body (content_id, section);
CREATE INDEX body_by_used ON body (used, size);
CREATE INDEX body_by_file ON body (file) WHERE file IS NOT NULL;

CREATE TABLE keyword (
    account_id INTEGER NOT NULL,
    name TEXT NOT NULL COLLATE NOCASE,
    PRIMARY KEY (account_id, name)
) WITHOUT ROWID;

-- People written to: collected from mailboxes that hold what was sent.
CREATE TABLE address (
    address TEXT NOT NULL COLLATE NOCASE PRIMARY KEY,
    name TEXT,
    times INTEGER NOT NULL,
    last INTEGER NOT NULL
) WITHOUT ROWID;

-- The journal (doc/internals/journal.md).
CREATE TABLE intent (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind INTEGER NOT NULL,
    state INTEGER NOT NULL,
    recovery INTEGER NOT NULL DEFAULT 0,
    account_id INTEGER NOT NULL,
    mailbox_id INTEGER NOT NULL,
    uidvalidity INTEGER NOT NULL,
    uids TEXT,
    cursor INTEGER NOT NULL DEFAULT 0,
    target_mailbox_id INTEGER NOT NULL,
    target_uidvalidity INTEGER NOT NULL DEFAULT 0,
    target_uidnext INTEGER NOT NULL DEFAULT 0,
    add_flags INTEGER NOT NULL,
    remove_flags INTEGER NOT NULL,
    add_keywords TEXT,
    remove_keywords TEXT,
    name TEXT,
    old_name TEXT,
    path TEXT,
    created INTEGER NOT NULL,
    group_id INTEGER NOT NULL,
    undoes INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    error TEXT
);
CREATE INDEX intent_unfinished ON intent (account_id, id) WHERE state IN (0, 1, 5);
CREATE INDEX intent_by_group ON intent (group_id);
CREATE INDEX intent_by_undoes ON intent (undoes) WHERE undoes <> 0;

-- What an intent is about. message_id NULL: a UID that no row stands for (yet). uid NULL: a message without a UID (yet).
-- moved: the base of this message has already taken the intent's effect (a slice that was done).
CREATE TABLE intent_message (
    intent_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    message_id INTEGER,
    uid INTEGER,
    copy_id INTEGER,
    moved INTEGER NOT NULL DEFAULT 0,
    before_flags INTEGER NOT NULL DEFAULT 0,
    before_keywords TEXT,
    PRIMARY KEY (intent_id, position)
) WITHOUT ROWID;
CREATE INDEX intent_message_by_message ON intent_message (message_id, intent_id);
CREATE INDEX intent_message_by_copy ON intent_message (copy_id) WHERE copy_id IS NOT NULL;
CREATE INDEX intent_message_late ON intent_message (uid) WHERE message_id IS NULL;

CREATE TABLE view (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT UNIQUE,
    total INTEGER NOT NULL DEFAULT 0,
    unread INTEGER NOT NULL DEFAULT 0
);
-- A row that is no longer shown in the mailbox it was in when it was added (moved, deleted) is parked under minus the
-- view's id, and comes back when that is undone.
CREATE TABLE view_message (
    view_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    mailbox_id INTEGER NOT NULL,
    date INTEGER NOT NULL,
    internal_date INTEGER NOT NULL,
    size INTEGER NOT NULL,
    from_key TEXT NOT NULL,
    subject_key TEXT NOT NULL,
    unread INTEGER NOT NULL,
    PRIMARY KEY (view_id, message_id)
) WITHOUT ROWID;
CREATE INDEX view_of_message ON view_message (message_id, view_id);
CREATE INDEX view_by_date ON view_message (view_id, date, message_id);
CREATE INDEX view_by_arrived ON view_message (view_id, internal_date, message_id);
CREATE INDEX view_by_from ON view_message (view_id, from_key, date, message_id);
CREATE INDEX view_by_subject ON view_message (view_id, subject_key, date, message_id);
CREATE INDEX view_by_size ON view_message (view_id, size, message_id);
CREATE INDEX view_unread_by_date ON view_message (view_id, date, message_id) WHERE unread = 1;
CREATE INDEX view_unread_by_arrived ON view_message (view_id, internal_date, message_id) WHERE unread = 1;
CREATE INDEX view_unread_by_from ON view_message (view_id, from_key, date, message_id) WHERE unread = 1;
CREATE INDEX view_unread_by_subject ON view_message (view_id, subject_key, date, message_id) WHERE unread = 1;
CREATE INDEX view_unread_by_size ON view_message (view_id, size, message_id) WHERE unread = 1;

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT
) WITHOUT ROWID;

-- Wire statistics, summed up.
CREATE TABLE wire (
    account_id INTEGER NOT NULL,
    action TEXT NOT NULL,
    times INTEGER NOT NULL,
    flights INTEGER NOT NULL,
    up INTEGER NOT NULL,
    down INTEGER NOT NULL,
    wait_ms INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    PRIMARY KEY (account_id, action)
) WITHOUT ROWID;
