-- Which of its subscription's a notification is, from 1: whoever gets it knows whether one is missing.
ALTER TABLE outlet ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;
ALTER TABLE notification ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;
