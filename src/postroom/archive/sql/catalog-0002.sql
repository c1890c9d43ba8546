-- JSON of the envelope with which journaled mail came, as in its entry (docs/format.md §3.1); NULL for all other mail.
ALTER TABLE occurrence ADD COLUMN envelope TEXT;
