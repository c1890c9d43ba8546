-- Directory services (docs/automation.md).

-- Which entry of the directory a user is. source: the type of the directory. entry: what it calls the entry for ever
-- (objectGUID, entryUUID, an id). Users without a row here, or with another authentication, were made by hand.
CREATE TABLE directory_user (
  user INTEGER PRIMARY KEY REFERENCES user ON DELETE CASCADE, source TEXT NOT NULL, entry TEXT NOT NULL,
  UNIQUE (source, entry)
) STRICT;
