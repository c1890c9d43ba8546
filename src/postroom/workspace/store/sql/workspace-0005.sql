-- until_ms: from when on a row is needed no more, as the time it was written for is over. Who was answered before this
-- was known is remembered for a year.
ALTER TABLE replied ADD COLUMN until_ms INTEGER NOT NULL DEFAULT 0;
UPDATE replied SET until_ms = at_ms + 365 * 86400000;
CREATE INDEX replied_by_until ON replied (until_ms);
