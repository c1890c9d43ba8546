-- What users own (docs/workspace.md).

-- Single facts. key: signs the tokens. pruned: the highest number that was taken out of the log.
CREATE TABLE fact (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;

-- A number for each UUID, so that indexes stay small.
CREATE TABLE mailbox (number INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL UNIQUE) STRICT;

-- change: number of its last row in the log. document: JSON. Numbers are never given twice: the log speaks of them.
CREATE TABLE item (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  mailbox INTEGER NOT NULL REFERENCES mailbox (number),
  kind TEXT NOT NULL,
  parent INTEGER REFERENCES item (number),
  key BLOB NOT NULL UNIQUE,
  generation INTEGER NOT NULL DEFAULT 0,
  change INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL,
  document TEXT NOT NULL
) STRICT;
CREATE INDEX item_by_parent ON item (parent, kind);
CREATE INDEX item_by_mailbox ON item (mailbox, kind, parent);

CREATE TABLE body (
  item INTEGER PRIMARY KEY REFERENCES item (number) ON DELETE CASCADE, content_type TEXT NOT NULL, content TEXT NOT NULL
) STRICT;

-- The log. parent: where the item lay when it happened. generation: with the key, the id it had.
CREATE TABLE change (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  mailbox INTEGER NOT NULL,
  parent INTEGER,
  kind TEXT NOT NULL,
  key BLOB NOT NULL,
  generation INTEGER NOT NULL,
  what TEXT NOT NULL CHECK (what IN ('created', 'updated', 'deleted')),
  at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX change_by_mailbox ON change (mailbox);
CREATE INDEX change_by_parent ON change (mailbox, parent);

-- Files of an item. hash: SHA-256 of the content, which is the name of the file.
CREATE TABLE blob (
  item INTEGER NOT NULL REFERENCES item (number) ON DELETE CASCADE,
  role TEXT NOT NULL,
  hash TEXT NOT NULL,
  size INTEGER NOT NULL,
  PRIMARY KEY (item, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_by_hash ON blob (hash);

-- Files that something else than an item needs, under a name of its choice.
CREATE TABLE held_blob (name TEXT PRIMARY KEY, hash TEXT NOT NULL, size INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX held_blob_by_hash ON held_blob (hash);

-- From an item to whatever has this key: another item, a person.
CREATE TABLE link (
  name TEXT NOT NULL, item INTEGER NOT NULL REFERENCES item (number) ON DELETE CASCADE, target TEXT NOT NULL,
  PRIMARY KEY (name, item, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_by_target ON link (name, target);
CREATE INDEX link_by_item ON link (item);

-- What $search finds. owner: a word for the mailbox, so that a search meets one mailbox only.
CREATE TABLE text (
  item INTEGER PRIMARY KEY REFERENCES item (number) ON DELETE CASCADE,
  owner TEXT NOT NULL,
  "from" TEXT NOT NULL, "to" TEXT NOT NULL, cc TEXT NOT NULL, bcc TEXT NOT NULL,
  subject TEXT NOT NULL, body TEXT NOT NULL, attachment TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE text_index USING fts5 (
  owner, "from", "to", cc, bcc, subject, body, attachment,
  content = 'text', content_rowid = 'item', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER text_added AFTER INSERT ON text BEGIN
  INSERT INTO text_index (rowid, owner, "from", "to", cc, bcc, subject, body, attachment)
    VALUES (new.item, new.owner, new."from", new."to", new.cc, new.bcc, new.subject, new.body, new.attachment);
END;
CREATE TRIGGER text_removed AFTER DELETE ON text BEGIN
  INSERT INTO text_index (text_index, rowid, owner, "from", "to", cc, bcc, subject, body, attachment)
    VALUES ('delete', old.item, old.owner, old."from", old."to", old.cc, old.bcc, old.subject, old.body, old.attachment);
END;
CREATE TRIGGER text_changed AFTER UPDATE ON text BEGIN
  INSERT INTO text_index (text_index, rowid, owner, "from", "to", cc, bcc, subject, body, attachment)
    VALUES ('delete', old.item, old.owner, old."from", old."to", old.cc, old.bcc, old.subject, old.body, old.attachment);
  INSERT INTO text_index (rowid, owner, "from", "to", cc, bcc, subject, body, attachment)
    VALUES (new.item, new.owner, new."from", new."to", new.cc, new.bcc, new.subject, new.body, new.attachment);
END;

-- Columns of kinds (store/kinds.py): instants in microseconds since 1970, texts without case, flags 0 or 1. mailbox and
-- parent are those of the item, once more, so that an index has them before the column.

CREATE TABLE message (
  item INTEGER PRIMARY KEY REFERENCES item (number) ON DELETE CASCADE,
  mailbox INTEGER NOT NULL,
  parent INTEGER,
  received INTEGER,
  sent INTEGER,
  is_read INTEGER,
  is_draft INTEGER,
  has_attachments INTEGER,
  importance TEXT,
  subject TEXT,
  from_address TEXT,
  internet_message_id TEXT,
  conversation_id TEXT,
  flag_status TEXT,
  inference TEXT
) STRICT;
CREATE INDEX message_by_received ON message (parent, received);
CREATE INDEX message_by_is_read ON message (parent, is_read, received);
CREATE INDEX message_by_mailbox ON message (mailbox, received);
-- These ids alone are few of all: first in the index they serve a folder as well as a mailbox.
CREATE INDEX message_by_conversation ON message (conversation_id, mailbox);
CREATE INDEX message_by_internet_message_id ON message (internet_message_id, mailbox);

CREATE TABLE mail_folder (
  item INTEGER PRIMARY KEY REFERENCES item (number) ON DELETE CASCADE,
  mailbox INTEGER NOT NULL,
  parent INTEGER,
  name TEXT
) STRICT;
CREATE INDEX mail_folder_by_name ON mail_folder (mailbox, parent, name);

-- What SQLite's planner shall believe: how many rows there are, for one value of the first column, of the first two. It
-- must not hang on what the tables held when somebody counted.
ANALYZE;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('message', 'message_by_received', '10000000 10000 1'),
  ('message', 'message_by_is_read', '10000000 10000 5000 1'),
  ('message', 'message_by_mailbox', '10000000 100000 1'),
  ('message', 'message_by_conversation', '10000000 5 5'),
  ('message', 'message_by_internet_message_id', '10000000 2 2');
ANALYZE sqlite_schema;
