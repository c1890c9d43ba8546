"""Workbooks: sessions, and everything in a workbook.

What there is in a workbook is no table of paths: ranges lead to ranges without end. It stands in
`workspace/workbook/graph`, and docs/workbooks.md lists it.
"""

from __future__ import annotations

from typing import Any, Final

from postroom.faces.graph.route import ENTITY, Route
from postroom.faces.graph.routes.files import READ, READ_APP, WRITE, WRITE_APP

SOURCE: Final = "Microsoft Graph v1.0, workbooks"
STEPS: Final = "{I}/workbook/{*steps}"


def _route(key: str, method: str, path: str, doc: str, **more: Any) -> Route:
    reads = method == "GET"
    more |= {"delegated": READ if reads else WRITE, "application": READ_APP if reads else WRITE_APP}
    return Route(
        f"workbook.{key}", method, path, family="files", anyone=True, o365=True, doc=doc, source=SOURCE, **more
    )


ROUTES: Final = (
    _route("create_session", "POST", "{I}/workbook/createSession", "A session that keeps changes, or does not.",
           returns="workbookSessionInfo", status=201, takes="json"),
    _route("refresh_session", "POST", "{I}/workbook/refreshSession", "A session lives on.", status=204, takes="json"),
    _route("close_session", "POST", "{I}/workbook/closeSession", "A session ends.", status=204, takes="json"),
    _route("root", "GET", "{I}/workbook", "The workbook itself.", options=ENTITY),
    _route("read", "GET", STEPS, "Worksheets, ranges, tables, names, formats, charts of a workbook.", options=ENTITY),
    _route("do", "POST", STEPS, "What is added, and what a workbook is asked to do.", takes="json"),
    _route("change", "PATCH", STEPS, "What is changed in a workbook.", takes="json"),
    _route("delete", "DELETE", STEPS, "What is removed from a workbook."),
)  # fmt: skip
