"""What nobody can change: whether what was given for it is what is there already.

Clients send back whole documents that they read, so that such a value is passed over; another one is a mistake to be
told. What changes by itself (change keys, counts, previews) is no matter of this: a document read a while ago has it
otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from postroom.errors import Invalid
from postroom.workspace.query.access import look_up
from postroom.workspace.query.literals import instant
from postroom.workspace.store import ids


class ReadOnly(Invalid):
    """Another value was given for a property that cannot be changed."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "the value that it has, or none at all, for it cannot be changed")


def check_fixed(given: Mapping[str, Any], shown: Mapping[str, Any], names: Collection[str]) -> None:
    """`shown` has what is there. Raises ReadOnly."""
    for name in names:
        # None is what is not given as well as null: both change nothing.
        value = look_up(given, name)
        if value is not None and not _same(value, shown.get(name)):
            raise ReadOnly(name)


def _same(given: object, there: object) -> bool:
    if not isinstance(given, str) or not isinstance(there, str):
        return given == there
    if given.lower() == there.lower():
        return True
    moment = instant(given)
    return (moment is not None and moment == instant(there)) or (_key(given) is not None and _key(given) == _key(there))


def _key(text: str) -> bytes | None:
    """What both forms of an id have in common."""
    try:
        return ids.parse(text).key
    except Invalid:
        return None
