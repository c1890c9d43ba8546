"""The table of routes, a module for each workload. A new one is added to the list here and to `handlers`."""

from __future__ import annotations

from typing import Final

from postroom.faces.graph.route import Route
from postroom.faces.graph.routes import (
    calendar,
    contacts,
    core,
    directory,
    files,
    mail,
    meetings,
    planner,
    search,
    sites,
    subscriptions,
    tasks,
    todo,
    uploads,
    workbook,
)

ROUTES: Final[tuple[Route, ...]] = (
    *calendar.ROUTES,
    *contacts.ROUTES,
    *core.ROUTES,
    *directory.ROUTES,
    *files.ROUTES,
    *mail.ROUTES,
    *meetings.ROUTES,
    *planner.ROUTES,
    *search.ROUTES,
    *sites.ROUTES,
    *subscriptions.ROUTES,
    *tasks.ROUTES,
    *todo.ROUTES,
    *uploads.ROUTES,
    *workbook.ROUTES,
)
