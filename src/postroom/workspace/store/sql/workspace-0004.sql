-- How many messages lie in a folder, and how many of them are unread: told at once, however many they are.
CREATE TABLE message_count (
  parent INTEGER PRIMARY KEY REFERENCES item (number) ON DELETE CASCADE,
  total INTEGER NOT NULL,
  unread INTEGER NOT NULL
) STRICT;
INSERT INTO message_count
  SELECT parent, count(*), coalesce(sum(is_read = 0), 0) FROM message WHERE parent IS NOT NULL GROUP BY parent;

CREATE TRIGGER message_count_added AFTER INSERT ON message WHEN new.parent IS NOT NULL BEGIN
  INSERT INTO message_count VALUES (new.parent, 1, new.is_read IS 0)
    ON CONFLICT (parent) DO UPDATE SET total = total + 1, unread = unread + excluded.unread;
END;
CREATE TRIGGER message_count_removed AFTER DELETE ON message WHEN old.parent IS NOT NULL BEGIN
  UPDATE message_count SET total = total - 1, unread = unread - (old.is_read IS 0) WHERE parent = old.parent;
END;
CREATE TRIGGER message_count_changed AFTER UPDATE OF parent, is_read ON message
  WHEN old.parent IS NOT new.parent OR old.is_read IS NOT new.is_read BEGIN
  UPDATE message_count SET total = total - 1, unread = unread - (old.is_read IS 0) WHERE parent = old.parent;
  INSERT INTO message_count SELECT new.parent, 1, new.is_read IS 0 WHERE new.parent IS NOT NULL
    ON CONFLICT (parent) DO UPDATE SET total = total + 1, unread = unread + excluded.unread;
END;
