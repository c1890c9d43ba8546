-- The management database of a service provider (docs/instances.md): who administers, which servers and instances there are.

-- key: the name as it is compared (identifiers.name_key). password: Argon2id.
-- default_password: the password is one that everybody knows.
CREATE TABLE administrator (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, key TEXT NOT NULL UNIQUE, full_name TEXT, address TEXT,
  password TEXT NOT NULL, default_password INTEGER NOT NULL DEFAULT 0
) STRICT;

-- As in instance-0004.sql; app passwords are what the API calls API passwords.
CREATE TABLE second_factor (
  owner INTEGER PRIMARY KEY REFERENCES administrator ON DELETE CASCADE,
  secret TEXT NOT NULL, confirmed INTEGER NOT NULL DEFAULT 0, last_step INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE app_password (
  id INTEGER PRIMARY KEY AUTOINCREMENT, owner INTEGER NOT NULL REFERENCES administrator ON DELETE CASCADE,
  name TEXT NOT NULL, key TEXT NOT NULL, selector TEXT NOT NULL UNIQUE, hash TEXT NOT NULL,
  made_ms INTEGER NOT NULL, used_ms INTEGER, UNIQUE (owner, key)
) STRICT;

-- base_directory: where an instance host keeps new instances, NULL for the place of the management database.
CREATE TABLE server (
  role TEXT NOT NULL CHECK (role IN ('InstanceHost', 'ClientAccessServer')), key TEXT NOT NULL, name TEXT NOT NULL,
  port INTEGER NOT NULL, thumbprint TEXT NOT NULL, base_directory TEXT, PRIMARY KEY (role, key)
) STRICT, WITHOUT ROWID;

-- alias_key NULL: it has no other name. directory: absolute, or relative to that of this database.
-- most_messages, most_bytes: NULL for no limit.
CREATE TABLE instance (
  key TEXT PRIMARY KEY, name TEXT NOT NULL, alias TEXT, alias_key TEXT UNIQUE, display_name TEXT, host TEXT NOT NULL,
  start_mode TEXT NOT NULL CHECK (start_mode IN ('automatic', 'manual', 'disabled')), directory TEXT NOT NULL UNIQUE,
  debug_log INTEGER NOT NULL DEFAULT 0, imap_log INTEGER NOT NULL DEFAULT 0, snapshots INTEGER NOT NULL DEFAULT 0,
  snapshots_without_indexes INTEGER NOT NULL DEFAULT 0, most_messages INTEGER, most_bytes INTEGER
) STRICT, WITHOUT ROWID;

-- The tables below are those of an instance (instance-0001.sql): documents of settings, and the chained audit log.
CREATE TABLE document (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE audit_batch (
  number INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, first INTEGER NOT NULL, leaves INTEGER NOT NULL,
  root BLOB NOT NULL, chain BLOB NOT NULL
) STRICT;
CREATE TABLE audit_event (
  number INTEGER PRIMARY KEY, batch INTEGER NOT NULL REFERENCES audit_batch, leaf BLOB NOT NULL, data TEXT NOT NULL,
  time_ms INTEGER AS (json_extract(data, '$.t')) VIRTUAL,
  event TEXT AS (json_extract(data, '$.event')) VIRTUAL,
  user TEXT AS (json_extract(data, '$.user')) VIRTUAL,
  ok INTEGER AS (json_extract(data, '$.ok')) VIRTUAL
) STRICT;
CREATE INDEX audit_event_by_event ON audit_event (event, number);
CREATE INDEX audit_event_by_user ON audit_event (user, number);
CREATE INDEX audit_event_by_time ON audit_event (time_ms);
CREATE TRIGGER audit_event_kept BEFORE UPDATE ON audit_event BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_event_there BEFORE DELETE ON audit_event BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_batch_kept BEFORE UPDATE ON audit_batch BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_batch_there BEFORE DELETE ON audit_batch BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
