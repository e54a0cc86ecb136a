-- Step 8: the full-text index (fulltext.h). The row ids are those of contents. FTS5 keeps no copy of the texts (content=''), and cannot take
-- a row out without its text: rows of contents that are gone stay behind, and are known by there being no such content.
-- What is put in are words, parted and folded already (text_words()): the "ascii" tokenizer only cuts at spaces.

CREATE VIRTUAL TABLE heading_words USING fts5(author, sender, reply_to, recipient, copy, blind_copy, subject,
    content='', columnsize=0, tokenize='ascii');
CREATE VIRTUAL TABLE file_words USING fts5(name, content='', columnsize=0, tokenize='ascii');
CREATE VIRTUAL TABLE text_words USING fts5(body, content='', columnsize=0, tokenize='ascii');

-- Headings are put in by id, so one number (the setting "indexed-headings") tells how far. Names of attachments and texts are put in once
-- they are here, each once: indexed is a mask of StoreIndexed. to_index: of whom something came that may not be indexed yet.
ALTER TABLE content ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0;
CREATE TABLE to_index (content_id INTEGER PRIMARY KEY);
CREATE INDEX text_not_indexed ON content (id) WHERE (indexed & 2) = 0;
INSERT INTO to_index SELECT id FROM content WHERE has_structure = 1;
INSERT OR IGNORE INTO to_index SELECT content_id FROM body WHERE section <> 'HEADER';

-- From a content that was found to where it is shown.
CREATE INDEX message_by_content ON message (content_id);
