-- Ids of users that outlive a change of the address. Not a table of the accounts' databases: those are read by others, and may be elsewhere.

-- next: the address that the user gets; set before a change of it, so that a crash in between loses nobody.
CREATE TABLE identity (
  id TEXT PRIMARY KEY, address TEXT NOT NULL UNIQUE, next TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX identity_next ON identity (next) WHERE next IS NOT NULL;
