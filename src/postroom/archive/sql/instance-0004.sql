-- Second factors, app passwords, one-time logins, credentials, stores on their way. Times are UTC milliseconds.

-- secret: sealed (instance/secrets.py). confirmed: the owner has shown a code of it; until then it is to be set up.
-- last_step: the newest step of 30 s whose code was taken; no code of it or before is taken again.
CREATE TABLE second_factor (
  owner INTEGER PRIMARY KEY REFERENCES user ON DELETE CASCADE,
  secret TEXT NOT NULL, confirmed INTEGER NOT NULL DEFAULT 0, last_step INTEGER NOT NULL DEFAULT 0
) STRICT;

-- selector: the beginning of the password, in clear, so that one hash is computed and not one per row. hash: Argon2id.
CREATE TABLE app_password (
  id INTEGER PRIMARY KEY AUTOINCREMENT, owner INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
  name TEXT NOT NULL, key TEXT NOT NULL, selector TEXT NOT NULL UNIQUE, hash TEXT NOT NULL,
  made_ms INTEGER NOT NULL, used_ms INTEGER, UNIQUE (owner, key)
) STRICT;

-- hash: SHA-256 of a random token. A row is removed by the transaction that makes the session.
CREATE TABLE one_time_login (
  hash BLOB PRIMARY KEY, owner INTEGER NOT NULL REFERENCES user ON DELETE CASCADE, until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who is signed in to the console. hash: SHA-256 of the random text in the cookie.
CREATE TABLE console_session (
  hash BLOB PRIMARY KEY, owner INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
  made_ms INTEGER NOT NULL, used_ms INTEGER NOT NULL, address TEXT
) STRICT, WITHOUT ROWID;

-- settings: JSON, secrets in it sealed. AUTOINCREMENT: profiles name a credential by its id, which is never given twice.
CREATE TABLE credential (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, key TEXT NOT NULL UNIQUE, type TEXT NOT NULL,
  created_by TEXT NOT NULL, settings TEXT NOT NULL
) STRICT;

-- A store on its way to another instance, and one on its way from one. Which of the two has it, the folder tells, which
-- is renamed once, after these rows are there and before those of `store` change (transfer.py). Paths are absolute.
CREATE TABLE store_leaving (
  store INTEGER PRIMARY KEY REFERENCES store ON DELETE CASCADE, identity TEXT NOT NULL, target TEXT NOT NULL
) STRICT;
CREATE TABLE store_coming (
  identity TEXT PRIMARY KEY, path TEXT NOT NULL, name TEXT NOT NULL, requested_state TEXT NOT NULL, source TEXT NOT NULL
) STRICT, WITHOUT ROWID;
