"""`Prefer: odata.track-changes`: changes of a collection are asked of the collection itself, as they were before delta.

Source: Office 365 REST APIs for Outlook, version 2.0, synchronising messages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from postroom.errors import PostroomError
from postroom.faces.graph import prefer, queries
from postroom.faces.graph.message import Answer, Incoming
from postroom.faces.graph.perform import Located

PREFERENCE: Final = "odata.track-changes"
_LINKS: Final = (
    ("@odata.nextLink", "$skiptoken=", "$skipToken="),
    ("@odata.deltaLink", "$deltatoken=", "$deltaToken="),
)


def is_asked(incoming: Incoming) -> bool:
    """By the header, or by a link that such a request was answered with."""
    if incoming.method != "GET":
        return False
    preferred = PREFERENCE in prefer.parse(incoming.headers.get("prefer", "")).others
    return preferred or any(queries.bare(name) == "deltatoken" for name, _ in queries.parse(incoming.query).options)


def located(asked: Incoming, plain: Located, locate: Callable[[Incoming], Located]) -> Located:
    """The delta of the collection that was asked for; one without is answered as it would be without the preference."""
    if not plain.found.route.many or plain.found.rest or plain.found.route.key.endswith("delta"):
        return plain
    try:
        delta = locate(replace(asked, path=asked.path.rstrip("/") + "/delta"))
    except PostroomError:
        return plain
    # Links lead where the request came.
    return replace(delta, path=plain.path) if is_delta(delta) else plain


def is_delta(found: Located) -> bool:
    return found.found.route.key.endswith("delta")


def told(made: Answer, found: Located) -> Answer:
    """With the links as they were written then, and that it was done."""
    if not _is_tracked(found) or not isinstance(made.content, dict):
        return made
    content = dict(made.content)
    for link, ours, theirs in _LINKS:
        if link in content:
            content[link] = str(content[link]).replace(ours, theirs)
    applied = [made.headers.get("Preference-Applied", ""), PREFERENCE]
    return replace(
        made, content=content, headers={**made.headers, "Preference-Applied": ", ".join(filter(None, applied))}
    )


def gone(row: Any, shown: Any, context: str) -> Any:
    """A removed one in their words; others stay as they are shown."""
    removed = row.get("@removed") if isinstance(row, Mapping) else None
    if not isinstance(removed, Mapping):
        return shown
    base, url = context.removesuffix("/$delta"), str(shown["@odata.id"])
    name = url.rpartition("/")[2]
    return {"@odata.context": f"{base}/$deletedEntity", "@odata.id": url, "id": name, "reason": removed["reason"]}


def _is_tracked(found: Located) -> bool:
    """A delta that was not asked for by its path."""
    return is_delta(found) and not found.path.rstrip("/").lower().removesuffix("()").endswith("delta")
