-- The database of one instance: who may do what, which stores there are, and what happened.

-- key: the name as it is compared (identifiers.name_key). password: Argon2id, NULL when none was set.
-- default_password: the password is one that everybody knows. Privileges: names separated by commas.
CREATE TABLE user (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, key TEXT NOT NULL UNIQUE, full_name TEXT, distinguished_name TEXT,
  authentication TEXT NOT NULL CHECK (authentication IN ('integrated', 'directoryServices')),
  password TEXT, default_password INTEGER NOT NULL DEFAULT 0,
  privileges TEXT NOT NULL, login_privileges TEXT NOT NULL
) STRICT;

-- position 0 is the primary address. An address has one owner, or nobody could say whose mail it is.
CREATE TABLE user_address (
  user INTEGER NOT NULL REFERENCES user ON DELETE CASCADE, position INTEGER NOT NULL,
  address TEXT NOT NULL, key TEXT NOT NULL UNIQUE, PRIMARY KEY (user, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE user_pop3_name (
  user INTEGER NOT NULL REFERENCES user ON DELETE CASCADE, position INTEGER NOT NULL,
  name TEXT NOT NULL, key TEXT NOT NULL UNIQUE, PRIMARY KEY (user, position)
) STRICT, WITHOUT ROWID;

-- Archives by name: rights may be given before the first message arrives, and outlive a detached store.
CREATE TABLE folder_privilege (
  user INTEGER NOT NULL REFERENCES user ON DELETE CASCADE, key TEXT NOT NULL, archive TEXT NOT NULL,
  privileges TEXT NOT NULL, PRIMARY KEY (user, key)
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT: message ids carry the store's id, so an id is never given twice.
CREATE TABLE store (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, key TEXT NOT NULL UNIQUE, path TEXT NOT NULL UNIQUE,
  requested_state TEXT NOT NULL CHECK (requested_state IN ('current', 'normal', 'writeProtected', 'disabled'))
) STRICT;
CREATE UNIQUE INDEX store_current ON store (requested_state) WHERE requested_state = 'current';

CREATE TABLE document (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- One row per transaction that logged something; root and chain as in docs/format.md §4.
CREATE TABLE audit_batch (
  number INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, first INTEGER NOT NULL, leaves INTEGER NOT NULL,
  root BLOB NOT NULL, chain BLOB NOT NULL
) STRICT;

-- data: canonical JSON, the only truth; what we search by is computed from it. leaf: its leaf hash.
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

-- Nobody needs to change the past; this stops mistakes, the chain shows intent.
CREATE TRIGGER audit_event_kept BEFORE UPDATE ON audit_event BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_event_there BEFORE DELETE ON audit_event BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_batch_kept BEFORE UPDATE ON audit_batch BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_batch_there BEFORE DELETE ON audit_batch BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
