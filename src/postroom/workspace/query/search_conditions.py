"""What `size:>1MB`, `importance:high` and the like ask of a message, as of `$filter`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, cast

from postroom.errors import Invalid
from postroom.workspace.query.search import OPTION, Term
from postroom.workspace.query.tree import And, Call, Compare, Comparison, Literal, Node, Not, Path

_SIZE: Final = re.compile(r"([0-9]{1,15})\s*([kmg]?)b?", re.IGNORECASE)
_UNITS: Final = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30}
_SIGNS: Final = {":": "eq", "=": "eq", "<>": "ne", ">": "gt", ">=": "ge", "<": "lt", "<=": "le"}
_FLAGS: Final = {**dict.fromkeys(("true", "yes", "1"), True), **dict.fromkeys(("false", "no", "0"), False)}
_IMPORTANCES: Final = ("low", "normal", "high")
_MEETINGS: Final = frozenset({"meetings", "meeting", "meetingrequest"})
_MAILS: Final = frozenset({"email", "emails", "mail", "message", "messages"})


def _size(term: Term) -> Node:
    """In bytes; KB, MB and GB are known."""
    path, least = Path(("size",)), _bytes(term.text)
    if term.operator == "..":
        return And((Compare("ge", path, Literal(least)), Compare("le", path, Literal(_bytes(term.until)))))
    return Compare(cast("Comparison", _SIGNS[term.operator]), path, Literal(least))


def _bytes(text: str) -> int:
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise Invalid(OPTION, f"a size like 500KB instead of {text[:40]!r}")
    return int(match[1]) * _UNITS[match[2].lower()]


def _flag(name: str) -> Callable[[Term], Node]:
    def condition(term: Term) -> Node:
        if term.text.lower() not in _FLAGS:
            raise Invalid(OPTION, f"true or false instead of {term.text[:40]!r}")
        return Compare(_equality(term), Path((name,)), Literal(_FLAGS[term.text.lower()]))

    return condition


def _importance(term: Term) -> Node:
    if term.text.lower() not in _IMPORTANCES:
        raise Invalid(OPTION, f"low, normal or high instead of {term.text[:40]!r}")
    return Compare(_equality(term), Path(("importance",)), Literal(term.text.lower()))


def _kind(term: Term) -> Node:
    """All that lists of messages hold is mail; some of it is about meetings."""
    low = term.text.lower()
    asked: Node = Literal(low in _MAILS)
    if low in _MEETINGS:
        asked = Call("isof", (Path(("microsoft.graph.eventMessage",)),))
    return Not(asked) if _equality(term) == "ne" else asked


def _equality(term: Term) -> Comparison:
    if term.operator not in (":", "=", "<>"):
        raise Invalid(OPTION, f"':' or '<>' behind {term.property}")
    return "ne" if term.operator == "<>" else "eq"


CONDITIONS: Final[Mapping[str, Callable[[Term], Node]]] = {
    "size": _size,
    "hasattachment": _flag("hasAttachments"),
    "hasattachments": _flag("hasAttachments"),
    "isread": _flag("isRead"),
    "importance": _importance,
    "kind": _kind,
}
"""Property of a search → what its value says."""
