-- Uploads are for items of any kind, not for messages only.
ALTER TABLE upload RENAME COLUMN message TO owner;
DROP INDEX upload_by_message;
CREATE INDEX upload_by_owner ON upload (owner);
