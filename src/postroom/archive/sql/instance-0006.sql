-- Items of sources whose messages were deleted: they stay known when nothing of them is left in any store.
-- key: as in the catalogue, the first 16 bytes of the BLAKE3 of the native id.
CREATE TABLE deleted_item (source TEXT NOT NULL, key BLOB NOT NULL, PRIMARY KEY (source, key)) STRICT, WITHOUT ROWID;
