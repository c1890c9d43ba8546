"""Search over several workloads: what each type of things is found by, and the form of the answer.

Source: Microsoft Graph, search query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any, Final

from postroom.errors import Invalid
from postroom.faces.graph.access import check
from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import implements
from postroom.faces.graph.errors import Refused
from postroom.faces.graph.handlers.doing import doer
from postroom.faces.graph.handlers.files_calls import look
from postroom.faces.graph.handlers.mail_calls import wish
from postroom.faces.graph.result import Document, Many, Result
from postroom.faces.graph.routes import ROUTES
from postroom.workspace.query.options import Options
from postroom.workspace.query.page import Page
from postroom.workspace.workloads.files.core import At

MOST_REQUESTS: Final = 20
MOST_TEXT: Final = 1000
SIZE: Final = 25
MOST: Final = 500
NOT_BUILT: Final = ("aggregations", "aggregationFilters", "sortProperties", "collapseProperties")
Find = Callable[[Call, str, int], Iterable[Document]]
"""From the words and how many are wanted at most to what is found, best first."""


@implements("search.query")
def query(call: Call) -> Result:
    requests = call.given("requests")
    if not isinstance(requests, list) or not 0 < len(requests) <= MOST_REQUESTS:
        raise Invalid("requests", f"a list of at most {MOST_REQUESTS} searches")
    return Many(Page([_answered(call, request) for request in requests]))


def _answered(call: Call, request: object) -> Document:
    if not isinstance(request, dict):
        raise Invalid("requests", "objects")
    refused = next((name for name in NOT_BUILT if request.get(name)), None)
    if refused is not None:
        raise Refused(501, "NotImplemented", f"{refused} is not supported here.")
    words, start = _words(request.get("query")), _number(request, "from", 0, 10_000)
    size = _number(request, "size", SIZE, MOST)
    kinds = _kinds(request.get("entityTypes"))
    containers = [_container(_reading(call, kind), kind, words, start, size) for kind in kinds]
    return {"searchTerms": words.split(), "hitsContainers": containers}


def _container(call: Call, kind: str, words: str, start: int, size: int) -> Document:
    found = list(islice(FINDERS[kind](call, words, start + size + 1), start + size + 1))
    hits = [_hit(kind, rank, row) for rank, row in enumerate(found[start : start + size], start + 1)]
    return {"hits": hits, "total": len(found), "moreResultsAvailable": len(found) > start + size}


def _hit(kind: str, rank: int, row: Document) -> Document:
    resource = {"@odata.type": f"#microsoft.graph.{kind}", **row}
    return {"hitId": row["id"], "rank": rank, "summary": row.get("bodyPreview") or row.get("description") or "",
            "resource": resource}  # fmt: skip


def _messages(call: Call, words: str, most: int) -> Iterable[Document]:
    wanted = replace(wish(replace(call, options=Options(search=words, top=most))), raw=False)
    return call.workspace.mail.messages.page(_user(call), None, wanted).rows


def _files(call: Call, words: str, most: int) -> Iterable[Document]:
    """In the drive of the user."""
    seen = look(call)
    wanted = replace(seen, wish=replace(seen.wish, options=Options(top=most)))
    return call.workspace.files.search.page(wanted, At(_user(call)), words).rows


def _user(call: Call) -> str:
    if call.caller.user_id is None:
        raise Refused(400, "BadRequest", "This search is about what a user owns.")
    return call.caller.user_id


FINDERS: Final[Mapping[str, Find]] = {
    "message": _messages,
    "driveItem": _files,
    "site": lambda call, words, _: call.workspace.sites.searching.sites(doer(call), words),
    "list": lambda call, words, _: call.workspace.sites.searching.lists(doer(call), words),
    "listItem": lambda call, words, _: call.workspace.sites.searching.items(doer(call), words),
}
READING: Final = {"message": "mail.messages.list", "driveItem": "files.search_drive", "site": "sites.search",
                  "list": "sites.lists", "listItem": "sites.items"}  # fmt: skip
"""The routes that read such things: what they need is needed here."""


def _reading(call: Call, kind: str) -> Call:
    """The call as one of the route that reads such things: it must suffice for that. Raises Refused."""
    route = next(route for route in ROUTES if route.key == READING[kind])
    check(route, call.caller)
    return replace(call, route=route, options=Options())


def _kinds(given: object) -> list[str]:
    """The types to search, each once. Raises Invalid."""
    names = {name.lower(): name for name in FINDERS}
    if (
        not isinstance(given, list)
        or not given
        or not all(isinstance(one, str) and one.lower() in names for one in given)
    ):
        raise Invalid("entityTypes", f"some of {', '.join(FINDERS)}")
    return list(dict.fromkeys(names[one.lower()] for one in given))


def _words(given: Any) -> str:
    text = given.get("queryString") if isinstance(given, dict) else None
    if not isinstance(text, str) or not text.strip() or len(text) > MOST_TEXT:
        raise Invalid("query/queryString", f"a text of at most {MOST_TEXT} characters")
    return text.strip()


def _number(request: Mapping[str, Any], name: str, default: int, most: int) -> int:
    value = request.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise Invalid(name, f"a whole number from 0 to {most}")
    return value
