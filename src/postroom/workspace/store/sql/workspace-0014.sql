-- Drives and their files.

-- Files and folders. key: the name as it must be unique in a folder.
CREATE TABLE drive_item (
  item INTEGER PRIMARY KEY REFERENCES item (number) ON DELETE CASCADE,
  mailbox INTEGER NOT NULL,
  parent INTEGER,
  name TEXT,
  key TEXT,
  size INTEGER
) STRICT;
CREATE INDEX drive_item_by_name ON drive_item (parent, name);
CREATE INDEX drive_item_by_key ON drive_item (parent, key);

-- What lies below a drive, a folder or a recycle bin, in bytes; of a drive with the earlier versions of files.
CREATE TABLE drive_size (
  item INTEGER PRIMARY KEY REFERENCES item (number) ON DELETE CASCADE,
  bytes INTEGER NOT NULL
) STRICT;

-- Who may reach an item besides its owner. token: of a link, its SHA-256. grantee: of a person, their id. address: of
-- somebody invited who is not known, or an owner of an address.
CREATE TABLE drive_permission (
  item INTEGER PRIMARY KEY REFERENCES item (number) ON DELETE CASCADE,
  mailbox INTEGER NOT NULL,
  parent INTEGER,
  token TEXT,
  grantee TEXT,
  address TEXT
) STRICT;
CREATE INDEX drive_permission_by_parent ON drive_permission (parent);
CREATE INDEX drive_permission_by_token ON drive_permission (token) WHERE token IS NOT NULL;
CREATE INDEX drive_permission_by_grantee ON drive_permission (grantee) WHERE grantee IS NOT NULL;
CREATE INDEX drive_permission_by_address ON drive_permission (address) WHERE address IS NOT NULL;

-- Who has redeemed a link, so that the item is among those shared with them.
CREATE TABLE drive_redeemed (
  permission INTEGER NOT NULL REFERENCES item (number) ON DELETE CASCADE,
  user TEXT NOT NULL,
  PRIMARY KEY (permission, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX drive_redeemed_by_user ON drive_redeemed (user);

-- Files that come in ranges. token: SHA-256 of what stands in the URL. parent: the folder it goes to. replaced: the file
-- that was there when it was begun. size: empty until it was told. received: bytes that are there. boot: the run of the
-- machine in which they came, after another they may be lost. document: what the file is to be.
CREATE TABLE drive_upload (
  token TEXT PRIMARY KEY,
  mailbox TEXT NOT NULL,
  parent INTEGER NOT NULL REFERENCES item (number) ON DELETE CASCADE,
  replaced INTEGER,
  document TEXT NOT NULL,
  size INTEGER,
  received INTEGER NOT NULL DEFAULT 0,
  boot TEXT NOT NULL,
  expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX drive_upload_by_parent ON drive_upload (parent);
CREATE INDEX drive_upload_by_expires ON drive_upload (expires_ms);

-- Copies, and what became of them. token: SHA-256 of what stands in the URL. stage: the folder that holds what is copied
-- so far and nobody sees. result: the key of what was made.
CREATE TABLE drive_copy (
  token TEXT PRIMARY KEY,
  source INTEGER NOT NULL,
  target INTEGER NOT NULL,
  document TEXT NOT NULL,
  status TEXT NOT NULL,
  percent REAL NOT NULL DEFAULT 0,
  stage INTEGER,
  result BLOB,
  error TEXT,
  created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX drive_copy_by_status ON drive_copy (status, created_ms);

-- Files whose words are not read yet.
CREATE TABLE drive_unread (item INTEGER PRIMARY KEY REFERENCES item (number) ON DELETE CASCADE) STRICT;

-- What pictures measure. It comes after the file, and is no change of it. facets: JSON.
CREATE TABLE drive_picture (
  item INTEGER PRIMARY KEY REFERENCES item (number) ON DELETE CASCADE, hash TEXT NOT NULL, facets TEXT NOT NULL
) STRICT;
