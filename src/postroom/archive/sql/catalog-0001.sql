-- The catalogue of one store: its packs, applied (docs/format.md §6). Can be deleted and made again from the packs.

-- Single facts: uuid, name, next (message number), batch, chain, time, pack, end (position after the last applied commit).
CREATE TABLE fact (key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;

-- generation: as in the pack's header; a difference means that compaction replaced the file and a crash followed.
CREATE TABLE pack (number INTEGER PRIMARY KEY, generation INTEGER NOT NULL, sealed INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE batch (
  number INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, leaves INTEGER NOT NULL, root BLOB NOT NULL, chain BLOB NOT NULL,
  pack INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL  -- offsets of its first record and of its commit record
) STRICT;
CREATE INDEX batch_by_place ON batch (pack, first);

CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, cursor TEXT) STRICT;

-- parent 0 is the root; a folder with parent 0 is an archive. archive: id of the first-level folder above (or itself).
CREATE TABLE folder (
  id INTEGER PRIMARY KEY, parent INTEGER NOT NULL, name TEXT NOT NULL, archive INTEGER NOT NULL, UNIQUE (parent, name)
) STRICT;

-- pack, record, at: the entry stands at byte `at` of the block whose record header is at offset `record`.
CREATE TABLE part (
  hash BLOB PRIMARY KEY, pack INTEGER NOT NULL, record INTEGER NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE content (
  id INTEGER PRIMARY KEY,  -- number of the message it came with
  sha256 BLOB NOT NULL UNIQUE, size INTEGER NOT NULL, pack INTEGER NOT NULL, record INTEGER NOT NULL, at INTEGER NOT NULL
) STRICT;

-- again: NULL where the message's entry is that of its content, else the number under which table again has its entry.
CREATE TABLE message (
  number INTEGER PRIMARY KEY, content INTEGER NOT NULL, archive INTEGER NOT NULL, archived_ms INTEGER NOT NULL,
  deleted_ms INTEGER, again INTEGER
) STRICT;
CREATE INDEX message_by_content ON message (content);

-- Where the journal entries stand by which a content became one more message.
CREATE TABLE again (
  number INTEGER PRIMARY KEY, pack INTEGER NOT NULL, record INTEGER NOT NULL, at INTEGER NOT NULL
) STRICT;

-- key: first 16 bytes of the BLAKE3 of the native id, which stands in the pack.
CREATE TABLE occurrence (
  id INTEGER PRIMARY KEY, source INTEGER NOT NULL, key BLOB NOT NULL, message INTEGER NOT NULL, folder INTEGER NOT NULL,
  received_ms INTEGER, UNIQUE (source, key)
) STRICT;
CREATE INDEX occurrence_by_folder ON occurrence (folder, message);
CREATE INDEX occurrence_by_message ON occurrence (message);

-- Exact at every commit.
CREATE TABLE statistic (archive INTEGER PRIMARY KEY, messages INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;

-- Messages whose index entry is to be written, or removed when the message is gone.
CREATE TABLE outbox (sequence INTEGER PRIMARY KEY AUTOINCREMENT, message INTEGER NOT NULL) STRICT;
