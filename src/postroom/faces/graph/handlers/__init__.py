"""What routes do: each handler reads its call, calls the engine once and answers. Importing a module registers them."""

from __future__ import annotations

from postroom.faces.graph.handlers import (
    contacts,
    core,
    directory,
    files,
    mail,
    mailbox,
    people,
    planner,
    subscriptions,
    uploads,
)

__all__ = ["contacts", "core", "directory", "files", "mail", "mailbox", "people", "planner", "subscriptions", "uploads"]
