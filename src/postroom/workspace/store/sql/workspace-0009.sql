-- Contents of less than 64 KiB, which would cost more as files: each of those is three syncs. What is larger, or was kept
-- before this table was there, is a file. hash: SHA-256 of the content.
CREATE TABLE content (hash TEXT PRIMARY KEY, content BLOB NOT NULL) STRICT;

-- Contents that lost one of the rows that named them: looked at now and then, and removed when it was the last. The
-- triggers have no OR IGNORE: an upsert that fires one has the say about conflicts.
CREATE TABLE loose (hash TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TRIGGER blob_removed AFTER DELETE ON blob WHEN EXISTS (SELECT 1 FROM content WHERE hash = old.hash) BEGIN
  INSERT INTO loose SELECT old.hash WHERE NOT EXISTS (SELECT 1 FROM loose WHERE hash = old.hash);
END;
CREATE TRIGGER blob_changed AFTER UPDATE OF hash ON blob WHEN EXISTS (SELECT 1 FROM content WHERE hash = old.hash) BEGIN
  INSERT INTO loose SELECT old.hash WHERE NOT EXISTS (SELECT 1 FROM loose WHERE hash = old.hash);
END;
CREATE TRIGGER held_blob_removed AFTER DELETE ON held_blob
  WHEN EXISTS (SELECT 1 FROM content WHERE hash = old.hash) BEGIN
  INSERT INTO loose SELECT old.hash WHERE NOT EXISTS (SELECT 1 FROM loose WHERE hash = old.hash);
END;
CREATE TRIGGER held_blob_changed AFTER UPDATE OF hash ON held_blob
  WHEN EXISTS (SELECT 1 FROM content WHERE hash = old.hash) BEGIN
  INSERT INTO loose SELECT old.hash WHERE NOT EXISTS (SELECT 1 FROM loose WHERE hash = old.hash);
END;
