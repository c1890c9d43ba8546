-- To Do: lists and tasks.

CREATE TABLE todo_list (
  item INTEGER PRIMARY KEY REFERENCES item (number) ON DELETE CASCADE,
  mailbox INTEGER NOT NULL,
  parent INTEGER,
  name TEXT
) STRICT;
CREATE INDEX todo_list_by_name ON todo_list (mailbox, name);

CREATE TABLE todo_task (
  item INTEGER PRIMARY KEY REFERENCES item (number) ON DELETE CASCADE,
  mailbox INTEGER NOT NULL,
  parent INTEGER,
  title TEXT,
  status TEXT,
  importance TEXT,
  due INTEGER,
  start INTEGER,
  reminder INTEGER,
  completed INTEGER,
  is_reminder_on INTEGER,
  has_attachments INTEGER
) STRICT;
CREATE INDEX todo_task_by_due ON todo_task (parent, due);
CREATE INDEX todo_task_by_status ON todo_task (parent, status);
CREATE INDEX todo_task_by_mailbox ON todo_task (mailbox, due);
