-- Mail under way.

-- What waits to be sent, one row for each recipient. sender: of the envelope, empty for reports. holder: the name under
-- which its bytes are held. mailbox: whose message it is, to whom a report goes.
CREATE TABLE outgoing (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  mailbox TEXT NOT NULL,
  sender TEXT NOT NULL,
  recipient TEXT NOT NULL,
  holder TEXT NOT NULL,
  queued_ms INTEGER NOT NULL,
  next_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX outgoing_by_next ON outgoing (next_ms);
CREATE INDEX outgoing_by_holder ON outgoing (holder);

-- Whom a mailbox has sent an automatic reply, and for which time: each sender gets one.
CREATE TABLE replied (
  mailbox TEXT NOT NULL, sender TEXT NOT NULL, period TEXT NOT NULL, at_ms INTEGER NOT NULL,
  PRIMARY KEY (mailbox, sender, period)
) STRICT, WITHOUT ROWID;

-- Uploads that were begun. token: SHA-256 of what stands in the URL. document: the attachment to be.
CREATE TABLE upload (
  token TEXT PRIMARY KEY,
  mailbox TEXT NOT NULL,
  message INTEGER NOT NULL REFERENCES item (number) ON DELETE CASCADE,
  document TEXT NOT NULL,
  size INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX upload_by_message ON upload (message);
CREATE INDEX upload_by_expires ON upload (expires_ms);

-- Their ranges. holder: the name under which the bytes are held.
CREATE TABLE upload_range (
  token TEXT NOT NULL REFERENCES upload (token) ON DELETE CASCADE,
  begin INTEGER NOT NULL,
  size INTEGER NOT NULL,
  holder TEXT NOT NULL,
  PRIMARY KEY (token, begin)
) STRICT, WITHOUT ROWID;
-- However a range goes, with its upload or with the message, its bytes are no longer held.
CREATE TRIGGER upload_range_removed AFTER DELETE ON upload_range BEGIN
  DELETE FROM held_blob WHERE name = old.holder;
END;
