-- Bearer tokens of API callers. Not a table of the accounts' databases: those are read by others, and may be elsewhere.

-- hash: SHA-256 of the token, which is kept nowhere. domains: separated by commas, empty for all that the admin manages.
-- Times: seconds since 1970; expires_s NULL is never.
CREATE TABLE token (
  id INTEGER PRIMARY KEY AUTOINCREMENT, hash BLOB NOT NULL UNIQUE, admin TEXT NOT NULL, name TEXT NOT NULL,
  domains TEXT NOT NULL, write INTEGER NOT NULL,
  created_s INTEGER NOT NULL, expires_s INTEGER, used_s INTEGER,
  UNIQUE (admin, name)
) STRICT;
