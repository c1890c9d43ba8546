-- Who may sign in to what. Times: seconds since 1970. Every hash is SHA-256 of a text with 256 random bits.

-- The one row. secret: key of the tokens in our own forms.
CREATE TABLE tenant (
  one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, secret BLOB NOT NULL
) STRICT;

-- The newest signs; older ones are published as long as a token of theirs may live.
CREATE TABLE signing_key (
  kid TEXT PRIMARY KEY, private_pem BLOB NOT NULL, certificate_pem BLOB NOT NULL, created_s INTEGER NOT NULL
) STRICT;

-- public: may sign users in without a secret, as programs on desks and phones do.
CREATE TABLE app (
  id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, public INTEGER NOT NULL, created_s INTEGER NOT NULL
) STRICT;

CREATE TABLE app_redirect (
  app TEXT NOT NULL REFERENCES app ON DELETE CASCADE, uri TEXT NOT NULL, PRIMARY KEY (app, uri)
) STRICT;

-- hint: its first characters, to tell secrets apart.
CREATE TABLE app_secret (
  id INTEGER PRIMARY KEY AUTOINCREMENT, app TEXT NOT NULL REFERENCES app ON DELETE CASCADE, hash BLOB NOT NULL UNIQUE,
  hint TEXT NOT NULL, created_s INTEGER NOT NULL, expires_s INTEGER NOT NULL
) STRICT;
CREATE INDEX app_secret_of ON app_secret (app);

-- thumbprint: SHA-256 in hex.
CREATE TABLE app_certificate (
  app TEXT NOT NULL REFERENCES app ON DELETE CASCADE, thumbprint TEXT NOT NULL, certificate_pem BLOB NOT NULL,
  created_s INTEGER NOT NULL, PRIMARY KEY (app, thumbprint)
) STRICT;

-- What the app may by itself.
CREATE TABLE app_role (
  app TEXT NOT NULL REFERENCES app ON DELETE CASCADE, role TEXT NOT NULL, PRIMARY KEY (app, role)
) STRICT;

-- What it may for a user; user '' is everybody.
CREATE TABLE consent (
  app TEXT NOT NULL REFERENCES app ON DELETE CASCADE, user TEXT NOT NULL, scope TEXT NOT NULL,
  created_s INTEGER NOT NULL, PRIMARY KEY (app, user, scope)
) STRICT;

-- A sign-in and all that came of it: its tokens work until it is revoked. until_s: when the last of them is over.
CREATE TABLE signin (
  id TEXT PRIMARY KEY, app TEXT NOT NULL REFERENCES app ON DELETE CASCADE, user TEXT NOT NULL,
  created_s INTEGER NOT NULL, until_s INTEGER NOT NULL, revoked_s INTEGER
) STRICT;
CREATE INDEX signin_of ON signin (user, app);
CREATE INDEX signin_until ON signin (until_s);

-- asked: JSON of what the program asked for. signin: what the code gave, once it was used.
CREATE TABLE code (
  hash BLOB PRIMARY KEY, app TEXT NOT NULL REFERENCES app ON DELETE CASCADE, user TEXT NOT NULL,
  redirect_uri TEXT NOT NULL, asked TEXT NOT NULL, challenge TEXT NOT NULL, method TEXT NOT NULL, nonce TEXT NOT NULL,
  expires_s INTEGER NOT NULL, signin TEXT
) STRICT;
CREATE INDEX code_expires ON code (expires_s);

CREATE TABLE refresh (
  hash BLOB PRIMARY KEY, signin TEXT NOT NULL REFERENCES signin ON DELETE CASCADE, asked TEXT NOT NULL,
  expires_s INTEGER NOT NULL
) STRICT;
CREATE INDEX refresh_of ON refresh (signin);

-- state: waiting, approved, declined, used.
CREATE TABLE device (
  hash BLOB PRIMARY KEY, user_code TEXT NOT NULL UNIQUE, app TEXT NOT NULL REFERENCES app ON DELETE CASCADE,
  asked TEXT NOT NULL, state TEXT NOT NULL, user TEXT, polled_s REAL NOT NULL, expires_s INTEGER NOT NULL
) STRICT;

-- Browsers in which somebody is signed in.
CREATE TABLE session (
  hash BLOB PRIMARY KEY, user TEXT NOT NULL, created_s INTEGER NOT NULL, expires_s INTEGER NOT NULL
) STRICT;
CREATE INDEX session_expires ON session (expires_s);
