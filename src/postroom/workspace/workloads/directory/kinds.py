"""What the directory keeps, and what it shows of it.

All of it belongs to `OWNER`, and keys are the bytes of the UUID that is the id, so that a user or a group is found by
id at once. Of a user only what programs added is here; who there is `People` knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from uuid import UUID

from postroom.workspace.schema.types import SCHEMA, EntityType
from postroom.workspace.store.kinds import Kind

OWNER: Final = "directory"
USER: Final = "user"
GROUP: Final = "group"
KINDS: Final = (Kind(USER), Kind(GROUP))

Document = dict[str, Any]

USER_DEFAULT: Final = (
    "businessPhones", "displayName", "givenName", "id", "jobTitle", "mail", "mobilePhone", "officeLocation",
    "preferredLanguage", "surname", "userPrincipalName",
)  # fmt: skip
"""What is shown of a user when nothing is selected. Source: Microsoft Graph, resource user, default set."""


def key_of(text: str) -> bytes | None:
    """The key behind an id; None for what is no UUID."""
    try:
        return UUID(text).bytes
    except ValueError:
        return None


def id_of(key: bytes) -> str:
    return str(UUID(bytes=key))


def whole(kind: EntityType, known: Mapping[str, Any]) -> Document:
    """A document with every property of its type: what nobody knows is null, or an empty list."""
    single, lists = _empty(kind)
    shown = {name: value for name, value in known.items() if not name.startswith("_")}
    return {**single, **{name: [] for name in lists}, **shown}


@cache
def _empty(kind: EntityType) -> tuple[dict[str, None], tuple[str, ...]]:
    """Nulls of the single properties, and names of the lists."""
    properties = kind.properties.values()
    single = dict.fromkeys(found.name for found in properties if not found.collection)
    return single, tuple(found.name for found in properties if found.collection)


USER_TYPE: Final = SCHEMA.entity("user")
GROUP_TYPE: Final = SCHEMA.entity("group")
