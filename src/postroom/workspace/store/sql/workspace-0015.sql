-- Sites and planner.

-- number: the id of an item, counted in its list.
CREATE TABLE list_item (
  item INTEGER PRIMARY KEY REFERENCES item (number) ON DELETE CASCADE,
  mailbox INTEGER NOT NULL,
  parent INTEGER,
  number INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX list_item_by_number ON list_item (parent, number);

-- The last number that was given in a list: none is given twice.
CREATE TABLE list_number (
  list INTEGER PRIMARY KEY REFERENCES item (number) ON DELETE CASCADE, last INTEGER NOT NULL
) STRICT;

-- People have numbers in each site, as items of its list of users.
CREATE TABLE site_person (
  site TEXT NOT NULL, number INTEGER NOT NULL, person TEXT NOT NULL,
  PRIMARY KEY (site, number), UNIQUE (site, person)
) STRICT, WITHOUT ROWID;

-- Files as items of a library. key: of the file. fields: values of the columns of the library, JSON. changes: of these.
CREATE TABLE library_file (
  list INTEGER NOT NULL REFERENCES item (number) ON DELETE CASCADE,
  key BLOB NOT NULL,
  number INTEGER NOT NULL,
  fields TEXT NOT NULL DEFAULT '{}',
  changes INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (list, key), UNIQUE (list, number)
) STRICT, WITHOUT ROWID;
