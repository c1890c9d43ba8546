-- Long-running calls, so that their end can be read for a day, over a restart too.

-- log: JSON, see log.Log.dump. read_ms: when its end was first read.
CREATE TABLE process (
  token TEXT PRIMARY KEY, name TEXT NOT NULL, user TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'succeeded', 'failed', 'cancelled')),
  version INTEGER NOT NULL, percent INTEGER, text TEXT,
  result TEXT, error_class TEXT, error_message TEXT, log TEXT NOT NULL,
  started_ms INTEGER NOT NULL, ended_ms INTEGER, read_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX process_by_end ON process (ended_ms);
