-- Who there was when somebody last looked, so that what changes elsewhere is noticed. key: that of the item with what is
-- kept of the user. hash: of what accounts knew.
CREATE TABLE known_person (key BLOB PRIMARY KEY, hash BLOB NOT NULL) STRICT, WITHOUT ROWID;
