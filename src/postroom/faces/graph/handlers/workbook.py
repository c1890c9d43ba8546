"""Workbooks: a path and a body become a request to the engine, its answer one of Graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import msgspec

from postroom.errors import Invalid
from postroom.faces.graph import links
from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import implements
from postroom.faces.graph.errors import WIRE, Refused, Row, codes
from postroom.faces.graph.handlers.files_calls import at, look
from postroom.faces.graph.path import Segment
from postroom.faces.graph.result import Created, Document, Nothing, One, Result, Value
from postroom.workspace.workbook import errors
from postroom.workspace.workbook.graph.steps import Answer, Request, Step
from postroom.workspace.workloads.workbooks.wire import WHOLE
from postroom.workspace.workloads.workbooks.workbooks import Place, Told, Workbooks

SESSION: Final = "workbook-session-id"


def _row(status: int, code: str) -> Row:
    return Row(status, codes(code, code, code, code))


WIRE.update({
    errors.WorkbookError: _row(400, "invalidRequest"),
    errors.InvalidArgument: _row(400, "InvalidArgument"),
    errors.InvalidReference: _row(400, "InvalidReference"),
    errors.InvalidOperation: _row(400, "InvalidOperation"),
    errors.UnsupportedWorkbook: _row(400, "unsupportedWorkbook"),
    errors.TooMuch: _row(400, "requestSizeExceeded"),
    errors.ItemNotFound: _row(404, "ItemNotFound"),
    errors.InvalidSession: _row(404, "InvalidSession"),
    errors.ItemAlreadyExists: _row(409, "ItemAlreadyExists"),
    errors.InsertDeleteConflict: _row(409, "InsertDeleteConflict"),
    errors.UnsupportedOperation: _row(501, "UnsupportedOperation"),
})  # fmt: skip


def workbooks(call: Call) -> Workbooks:
    return call.workspace.workbooks


def place(call: Call) -> Place:
    return Place(look(call), at(call), f"{call.caller.app_id} {call.caller.user_id or ''}")


def session_of(call: Call) -> str:
    """Raises Refused where a session is needed and none is named."""
    key = call.headers.get(SESSION, "").strip()
    if not key:
        raise Refused(400, "InvalidSession", f"The header {SESSION} is missing.")
    return key


@implements("workbook.create_session")
def create_session(call: Call) -> Result:
    persists = call.given("persistChanges", True)
    if not isinstance(persists, bool):
        raise Invalid("persistChanges", "true or false")
    made = workbooks(call).create_session(place(call), persists=persists)
    document = {"id": made.key, "persistChanges": persists}
    return Created({**_context(call, "workbookSessionInfo"), **document})


@implements("workbook.refresh_session")
def refresh_session(call: Call) -> Result:
    workbooks(call).refresh_session(place(call), session_of(call))
    return Nothing()


@implements("workbook.close_session")
def close_session(call: Call) -> Result:
    workbooks(call).close_session(place(call), session_of(call))
    return Nothing()


@implements("workbook.root", "workbook.read", "workbook.do", "workbook.change", "workbook.delete")
def walk(call: Call) -> Result:
    request = _request(call)
    told = workbooks(call).ask(place(call), request, call.headers.get(SESSION, "").strip())
    return _result(call, told)


def _request(call: Call) -> Request:
    """Raises Refused for options that would change the answer and are not offered here."""
    options = call.options
    if options.filter is not None or options.orderby or options.search is not None:
        raise Refused(400, "invalidRequest", "$filter, $orderby and $search are not supported in workbooks.")
    return Request(
        call.route.method,
        tuple(_step(segment) for segment in call.tail),
        call.document or None,
        dict(call.parameters),
        tuple(".".join(path.names) for path in options.select),
        tuple(".".join(one.path.names) for one in options.expand),
        options.top if options.top is not None else options.page_size,
        _start(call),
    )


def _start(call: Call) -> int:
    cursor = call.options.cursor
    if cursor is None:
        return call.options.skip
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 10):
        raise Invalid("$skiptoken", "a token from the link to the next page")
    return int(cursor)


def _step(segment: Segment) -> Step:
    if segment.kind == "path":
        raise Refused(400, "BadRequest", f"Resource not found for the segment '{segment.text}'.")
    return Step(segment.text, segment.key, dict(segment.arguments or {}), segment.raw or segment.text)


def _context(call: Call, kind: str, *, many: bool = False) -> Document:
    name = f"Collection(microsoft.graph.{kind})" if many else f"microsoft.graph.{kind}"
    return {"@odata.context": f"{call.base_url}/$metadata#{name}"}


def _result(call: Call, told: Told) -> Result:
    answer, values = told.answer, told.values
    if answer.status == 204:
        return Nothing(204)
    if answer.plain:
        return Value(values[WHOLE], answer.type)
    if answer.many:
        return One(_page(call, answer, values))
    document = {**_context(call, answer.type), "@odata.type": f"#microsoft.graph.{answer.type}", **values}
    if answer.status == 201:
        return Created(document, _location(call, values))
    return One(document)


def _location(call: Call, values: Mapping[str, Any]) -> str:
    """Rows of tables have no id but their place."""
    above = call.path.strip("/").removesuffix("/add").removesuffix("/addFormulaLocal")
    key = msgspec.json.decode(values["id"] if "id" in values else values["index"])
    return f"{above}/{quote(str(key), safe='')}"


def _page(call: Call, answer: Answer, values: Mapping[str, Any]) -> Document:
    document = _context(call, answer.type, many=True)
    if call.options.count:
        document["@odata.count"] = answer.total
    if answer.next is not None and call.incoming is not None:
        document["@odata.nextLink"] = links.next_page(call, call.incoming.query, str(answer.next))
    return {**document, "value": values[WHOLE]}
