-- Contacts and their folders.

CREATE TABLE contact (
  item INTEGER PRIMARY KEY REFERENCES item (number) ON DELETE CASCADE,
  mailbox INTEGER NOT NULL,
  parent INTEGER,
  name TEXT,
  file_as TEXT,
  given_name TEXT,
  surname TEXT,
  company TEXT
) STRICT;
CREATE INDEX contact_by_name ON contact (parent, name);
CREATE INDEX contact_by_mailbox ON contact (mailbox, name);

CREATE TABLE contact_folder (
  item INTEGER PRIMARY KEY REFERENCES item (number) ON DELETE CASCADE,
  mailbox INTEGER NOT NULL,
  parent INTEGER,
  name TEXT
) STRICT;
CREATE INDEX contact_folder_by_name ON contact_folder (mailbox, parent, name);

-- The addresses of contacts, without case: whether somebody is one must be known for each message that arrives.
CREATE TABLE contact_address (
  address TEXT NOT NULL,
  mailbox TEXT NOT NULL,
  item INTEGER NOT NULL REFERENCES item (number) ON DELETE CASCADE,
  PRIMARY KEY (address, mailbox, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_address_by_item ON contact_address (item);
