-- Who is told about changes: subscriptions of programs, and what waits to be posted to their web servers.

-- kind, mailbox, parent, key: of the items whose changes are told; parent and key empty are any. after: the number of
-- the last change before it was made. ended: why it is over; the row stays until the program was told.
CREATE TABLE subscription (
  id TEXT PRIMARY KEY,
  app TEXT NOT NULL,
  user TEXT NOT NULL,
  kind TEXT NOT NULL,
  mailbox TEXT NOT NULL,
  parent INTEGER,
  key BLOB,
  query TEXT NOT NULL,
  immutable INTEGER NOT NULL,
  changes TEXT NOT NULL,
  document TEXT NOT NULL,
  expires_ms INTEGER NOT NULL,
  after INTEGER NOT NULL,
  warned INTEGER NOT NULL DEFAULT 0,
  ended TEXT
) STRICT;
CREATE INDEX subscription_by_mailbox ON subscription (mailbox, kind);
CREATE INDEX subscription_by_app ON subscription (app, user);
CREATE INDEX subscription_by_expiry ON subscription (expires_ms);

-- One for each URL of a subscription; lifecycle is 1 for the URL of its own fate. next_ms: when something is to be
-- posted, empty while nothing waits.
CREATE TABLE outlet (
  subscription TEXT NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
  lifecycle INTEGER NOT NULL,
  url TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_ms INTEGER,
  PRIMARY KEY (subscription, lifecycle)
) STRICT, WITHOUT ROWID;
CREATE INDEX outlet_by_next ON outlet (next_ms) WHERE next_ms IS NOT NULL;

-- What waits, in the order in which it is posted. content: JSON of one element.
CREATE TABLE notification (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  subscription TEXT NOT NULL REFERENCES subscription (id) ON DELETE CASCADE,
  lifecycle INTEGER NOT NULL,
  content TEXT NOT NULL,
  queued_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX notification_by_outlet ON notification (subscription, lifecycle, number);
