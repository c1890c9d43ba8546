"""The kinds of items that To Do consists of, and which of their properties are columns."""

from __future__ import annotations

from typing import Final

from postroom.workspace.store.kinds import Column, Kind

LIST: Final = "todoTaskList"
TASK: Final = "todoTask"
CHECK: Final = "checklistItem"
LINKED: Final = "linkedResource"
FILE: Final = "taskFileAttachment"
GROUP: Final = "outlookTaskGroup"
"""What the folders of Outlook's tasks lie in."""

KINDS: Final = (
    Kind(LIST, "todo_list", (Column("name", "displayName", "text"),)),
    Kind(
        TASK,
        "todo_task",
        (
            Column("title", "title", "text"),
            Column("status", "status", "text"),
            Column("importance", "importance", "text"),
            Column("due", "dueDateTime/dateTime", "instant"),
            Column("start", "startDateTime/dateTime", "instant"),
            Column("reminder", "reminderDateTime/dateTime", "instant"),
            Column("completed", "completedDateTime/dateTime", "instant"),
            Column("is_reminder_on", "isReminderOn", "flag"),
            Column("has_attachments", "hasAttachments", "flag"),
        ),
    ),
    *(Kind(one) for one in (CHECK, LINKED, FILE, GROUP)),
)
