"""From what a handler answers to the answer of HTTP: annotations, links, status, headers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import msgspec

from postroom.faces.graph import links
from postroom.faces.graph.call import Call
from postroom.faces.graph.message import Answer
from postroom.faces.graph.result import (
    Accepted,
    Created,
    Delta,
    Document,
    Many,
    Nothing,
    One,
    Raw,
    Redirect,
    Result,
    Value,
)
from postroom.faces.graph.table import Found
from postroom.workspace.query.access import plain

TEXT: Final = "text/plain"
_ETAG: Final = re.compile(r'(?:W/)?"[^"]*"|[^\s,]+')


def answer(result: Result, call: Call, found: Found, query: str) -> Answer:
    """The answer without the headers that all answers have."""
    made = _answer(result, call, found, query)
    applied = {"Preference-Applied": ", ".join(call.prefer.applied)} if call.prefer.applied else {}
    return replace(made, headers={**applied, **made.headers}) if applied else made


def _answer(result: Result, call: Call, found: Found, query: str) -> Answer:
    match result:
        case One():
            return _one(result, call, found)
        case Many():
            return _many(result, call, found, query)
        case Delta():
            return Answer(200, _delta(result, call, found))
        case Value(value=value, type=kind):
            name = f"Collection({kind})" if isinstance(value, list) else kind
            return Answer(200, {"@odata.context": f"{call.base_url}/$metadata#{name}", "value": value})
        case Created(document=document):
            headers = {"Location": links.location(call, document, result.location)}
            return Answer(201, {"@odata.context": links.context(call, found), **document}, headers)
        case Accepted(headers=headers):
            return Answer(202, headers=headers)
        case Nothing(status=status, headers=headers):
            return Answer(status or _empty(found), headers=headers)
        case Raw(content=content, media_type=media_type, headers=headers, ranges=ranges, status=status):
            return Answer(status, content, headers, media_type, ranges=ranges)
        case Redirect(url=url):
            return Answer(302, headers={"Location": url})


def _empty(found: Found) -> int:
    return found.route.status if found.route.status != 200 or not found.route.returns else 204


def _one(result: One, call: Call, found: Found) -> Answer:
    if found.rest:
        return _property(result.document, call, found)
    if call.route.method == "GET" and _unchanged(result.document, call):
        return Answer(304, headers={"ETag": result.document["@odata.etag"]})
    if call.route.method == "PATCH" and not _represented(call):
        return Answer(204)
    content = {"@odata.context": links.context(call, found), **result.document}
    return Answer(result.status or (200 if call.route.status == 204 else call.route.status), content)


def _unchanged(document: Document, call: Call) -> bool:
    etag = document.get("@odata.etag")
    # Those of files and of SharePoint have commas inside.
    given = _ETAG.findall(call.if_none_match or "")
    return etag is not None and any(_weak(text) == _weak(etag) for text in given)


def _weak(etag: str) -> str:
    return etag.strip().removeprefix("W/").strip('"')


def _represented(call: Call) -> bool:
    """Whether a change is answered with what it made: as the request prefers, or as the route does."""
    wanted = call.prefer.representation
    return call.route.status != 204 if wanted is None else wanted


def _many(result: Many, call: Call, found: Found, query: str) -> Answer:
    page = result.page
    if found.rest == ("$count",):
        count = len(page.rows) if page.count is None else page.count
        return Answer(200, str(count).encode(), media_type=TEXT)
    rows = list(page.rows)
    if found.rest == ("$ref",):
        rows = [{"@odata.id": call.url(f"directoryObjects/{row['id']}")} for row in rows]
    content: dict[str, Any] = {"@odata.context": links.context(call, found)}
    if page.count is not None and call.options.count:
        content["@odata.count"] = page.count
    if page.cursor is not None:
        content["@odata.nextLink"] = links.next_page(call, query, page.cursor)
    return Answer(200, content | {"value": rows})


def _delta(result: Delta, call: Call, found: Found) -> Mapping[str, Any]:
    content: dict[str, Any] = {"@odata.context": f"{links.context(call, found)}/$delta"}
    if result.next is not None:
        content["@odata.nextLink"] = links.next_changes(call, result.next)
    if result.delta is not None:
        content["@odata.deltaLink"] = links.later_changes(call, result.delta)
    return content | {"value": list(result.rows)}


def _property(document: Document, call: Call, found: Found) -> Answer:
    """A property by itself, in JSON or with `$value` as its text."""
    names, raw = found.rest, found.rest[-1] == "$value"
    value: Any = document
    for name in names[:-1] if raw else names:
        value = _member(value, name)
    if value is None:
        return Answer(204)
    if raw:
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        return Answer(200, text.encode(), media_type=TEXT)
    content = value if isinstance(value, dict) else {"value": value}
    return Answer(200, {"@odata.context": links.of_property(call, found, names), **content})


def _member(value: Any, name: str) -> Any:
    if not isinstance(value, dict):
        return None
    return plain(next((member for key, member in value.items() if key.lower() == name.lower()), None))
