-- Ranges of an upload go into one file that is named by its token. Uploads that are on their way begin again.
DELETE FROM upload;
DROP TRIGGER upload_range_removed;
ALTER TABLE upload_range DROP COLUMN holder;
