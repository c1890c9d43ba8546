-- What an archive does by itself (docs/automation.md). Times are UTC milliseconds, documents JSON.

-- schedule: {"date", "interval", "time", "dayOfWeek", "dayOfMonth"}, null what is not used. due_ms: NULL when never again.
-- owner: the name the user had; owner_id follows a renamed user, and a new user of the name is not that one.
CREATE TABLE job (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, action TEXT NOT NULL, owner TEXT NOT NULL,
  owner_id INTEGER REFERENCES user ON DELETE SET NULL,
  enabled INTEGER NOT NULL DEFAULT 1, zone TEXT NOT NULL, schedule TEXT NOT NULL, due_ms INTEGER
) STRICT;

-- A job may be gone: its name stands here too. ended_ms: NULL while it runs, or when the server was killed meanwhile.
CREATE TABLE job_run (
  id INTEGER PRIMARY KEY AUTOINCREMENT, job INTEGER NOT NULL, name TEXT NOT NULL,
  started_ms INTEGER NOT NULL, ended_ms INTEGER, result TEXT NOT NULL, output TEXT NOT NULL
) STRICT;
CREATE INDEX job_run_by_start ON job_run (started_ms);

-- position: order of evaluation. criteria: JSON, NULL for everything. year_end: the period begins when the year of the
-- reference date ends.
CREATE TABLE retention_policy (
  id INTEGER PRIMARY KEY AUTOINCREMENT, position INTEGER NOT NULL, name TEXT NOT NULL, enabled INTEGER NOT NULL,
  period INTEGER NOT NULL, unit TEXT NOT NULL CHECK (unit IN ('day', 'month', 'year')),
  reference TEXT NOT NULL CHECK (reference IN ('ArchiveDate', 'MessageDate')), year_end INTEGER NOT NULL,
  deletes INTEGER NOT NULL, criteria TEXT
) STRICT;

-- Stores in which a run removed messages whose bytes are not erased yet: the next run goes on there.
CREATE TABLE retention_unerased (store INTEGER PRIMARY KEY) STRICT;

-- Who approved the next run that deletes, when, and a hash of the policies and holds of then. Used once.
CREATE TABLE retention_approval (
  approved_by TEXT PRIMARY KEY, approved_ms INTEGER NOT NULL, rules TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- query: dates in it are absolute. A hold that ended stays, with when and by whom.
CREATE TABLE hold (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, key TEXT NOT NULL, query TEXT NOT NULL,
  reason TEXT NOT NULL, set_by TEXT NOT NULL, set_ms INTEGER NOT NULL, ended_by TEXT, ended_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX hold_in_force ON hold (key) WHERE ended_ms IS NULL;
