-- Directory services (docs/automation.md).

-- Which entry of the directory a user is. source: the type of the directory. entry: what it calls the entry for ever
-- (objectGUID, entryUUID, an id). Users without a row here, or with another authentication, were made by hand.
CREATE TABLE directory_user (
  user INTEGER PRIMARY KEY REFERENCES user ON DELETE CASCADE, source TEXT NOT NULL, entry TEXT NOT NULL,
  UNIQUE (source, entry)
) STRICT;

-- After each change of a user: that an administrator remains. Users of a directory are many, and none of these.
CREATE INDEX user_integrated ON user (id) WHERE authentication = 'integrated';
