-- Profiles and what their runs did (docs/automation.md). Times are UTC milliseconds.

-- type: I = mail comes in, E = mail goes out. details: JSON by the keys of the connector, secrets sealed.
-- due_ms: when the server runs it next by itself, NULL when it does not. completed_ms: end of the last run that reached
-- the end of its source, or when the server was told to run it: what comes much later is an alarm.
CREATE TABLE profile (
  id INTEGER PRIMARY KEY AUTOINCREMENT, version INTEGER NOT NULL, name TEXT NOT NULL, owner TEXT NOT NULL,
  owner_id INTEGER REFERENCES user ON DELETE SET NULL,
  type TEXT NOT NULL CHECK (type IN ('I', 'E')), connector TEXT NOT NULL, details TEXT NOT NULL,
  automatic INTEGER NOT NULL DEFAULT 0, pause_s INTEGER, windows TEXT, due_ms INTEGER, completed_ms INTEGER
) STRICT;

-- profile: 0 for one that was run once and not kept; it may be gone, so its name stands here too.
-- ended_ms: NULL while it runs, or when the server was killed meanwhile.
CREATE TABLE profile_run (
  id INTEGER PRIMARY KEY AUTOINCREMENT, profile INTEGER NOT NULL, name TEXT NOT NULL, owner TEXT NOT NULL,
  started_ms INTEGER NOT NULL, ended_ms INTEGER, result TEXT NOT NULL,
  archived INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0, skipped INTEGER NOT NULL DEFAULT 0,
  removed INTEGER NOT NULL DEFAULT 0, log TEXT NOT NULL
) STRICT;
CREATE INDEX profile_run_by_start ON profile_run (started_ms);
CREATE INDEX profile_run_by_profile ON profile_run (profile, id);

-- Items of a source that did not arrive and are asked for again. By source, not by profile: the cursor that went past
-- them belongs to the source, and a profile that was deleted and made anew goes on with it.
CREATE TABLE profile_problem (
  source TEXT NOT NULL, native_id TEXT NOT NULL, profile INTEGER NOT NULL, folder TEXT NOT NULL, reason TEXT NOT NULL,
  first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, times INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (source, native_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX profile_problem_by_profile ON profile_problem (profile);

-- What an export profile sent to where nobody can ask whether it is there (SMTP): hashes, see exports/smtp.py.
CREATE TABLE profile_mark (
  profile INTEGER NOT NULL REFERENCES profile ON DELETE CASCADE, mark BLOB NOT NULL,
  PRIMARY KEY (profile, mark)
) STRICT, WITHOUT ROWID;
