-- Ranges of an upload are synced with the last one. boot: the run of the machine in which a range was written and not
-- synced; in a later one it may not be there. Empty: it was synced.
ALTER TABLE upload_range ADD COLUMN boot TEXT;
