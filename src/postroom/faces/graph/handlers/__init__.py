"""What routes do: each handler reads its call, calls the engine once and answers. Importing a module registers them."""

from __future__ import annotations

from postroom.faces.graph.handlers import (
    calendar,
    calendars,
    contacts,
    core,
    directory,
    files,
    files_sharing,
    files_uploads,
    mail,
    mailbox,
    meetings,
    people,
    planner,
    search,
    sites,
    subscriptions,
    tasks,
    todo,
    uploads,
    workbook,
)

__all__ = [
    "calendar",
    "calendars",
    "contacts",
    "core",
    "directory",
    "files",
    "files_sharing",
    "files_uploads",
    "mail",
    "mailbox",
    "meetings",
    "people",
    "planner",
    "search",
    "sites",
    "subscriptions",
    "tasks",
    "todo",
    "uploads",
    "workbook",
]
