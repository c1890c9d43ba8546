-- Calendars (docs/calendar.md). Columns of kinds as in 0001.

CREATE TABLE calendar_folder (
  item INTEGER PRIMARY KEY REFERENCES item (number) ON DELETE CASCADE,
  mailbox INTEGER NOT NULL,
  parent INTEGER,
  name TEXT
) STRICT;
CREATE INDEX calendar_folder_by_name ON calendar_folder (mailbox, parent, name);

CREATE TABLE event (
  item INTEGER PRIMARY KEY REFERENCES item (number) ON DELETE CASCADE,
  mailbox INTEGER NOT NULL,
  parent INTEGER,
  start INTEGER,
  finish INTEGER,
  subject TEXT,
  type TEXT,
  is_all_day INTEGER,
  is_cancelled INTEGER,
  is_organizer INTEGER,
  show_as TEXT,
  sensitivity TEXT,
  importance TEXT,
  organizer TEXT,
  has_attachments INTEGER,
  is_reminder_on INTEGER,
  ical_uid TEXT,
  transaction_id TEXT
) STRICT;
CREATE INDEX event_by_start ON event (parent, start);
CREATE INDEX event_by_mailbox ON event (mailbox, start);
-- These ids alone are few of all.
CREATE INDEX event_by_ical_uid ON event (ical_uid, mailbox);
CREATE INDEX event_by_transaction_id ON event (transaction_id, mailbox) WHERE transaction_id IS NOT NULL;

-- When something of an event can be: from the beginning of the first occurrence to the end of the last, exceptions
-- included. Instants as in columns; the greatest number is no end. calendar: what it lies in. series: how it recurs, JSON.
CREATE TABLE event_span (
  item INTEGER PRIMARY KEY REFERENCES item (number) ON DELETE CASCADE,
  mailbox INTEGER NOT NULL,
  calendar INTEGER NOT NULL,
  first_us INTEGER NOT NULL,
  last_us INTEGER NOT NULL,
  is_all_day INTEGER NOT NULL,
  series TEXT
) STRICT;
CREATE INDEX event_span_by_mailbox ON event_span (mailbox, last_us, first_us);
CREATE INDEX event_span_by_calendar ON event_span (calendar, last_us, first_us);

-- Days of a series that are not as its rule says. item: the exception; NULL where the occurrence was cancelled.
CREATE TABLE event_occurrence (
  master INTEGER NOT NULL REFERENCES item (number) ON DELETE CASCADE,
  day INTEGER NOT NULL,
  item INTEGER REFERENCES item (number) ON DELETE CASCADE,
  first_us INTEGER,
  last_us INTEGER,
  is_all_day INTEGER,
  PRIMARY KEY (master, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_occurrence_by_item ON event_occurrence (item);

-- How series were before they were changed or deleted, so that a delta of a window can tell which occurrences are gone.
-- change: the number of that change in the log; it is forgotten with it. key: of the master.
CREATE TABLE event_former (
  key BLOB NOT NULL, change INTEGER NOT NULL, series TEXT NOT NULL, PRIMARY KEY (key, change)
) STRICT, WITHOUT ROWID;

-- What SQLite's planner shall believe, as in 0001.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('event', 'event_by_start', '1000000 1000 1'),
  ('event', 'event_by_mailbox', '1000000 5000 1'),
  ('event', 'event_by_ical_uid', '1000000 2 1'),
  ('event', 'event_by_transaction_id', '1000000 1 1'),
  ('event_span', 'event_span_by_mailbox', '1000000 5000 2 1'),
  ('event_span', 'event_span_by_calendar', '1000000 5000 2 1'),
  ('event_occurrence', 'event_occurrence_by_item', '1000000 1');
ANALYZE sqlite_schema;
