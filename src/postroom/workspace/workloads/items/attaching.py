"""Attaching files and links to an item, inside a unit."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

from postroom.errors import Invalid
from postroom.workspace.errors import TooLarge
from postroom.workspace.store.blobs import Blob
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items.kinds import ATTACHMENTS, CONTENT, FILE, REFERENCE

DIRECT_BYTES: Final = 3 << 20
"""A larger file needs an upload session."""
MOST_ATTACHMENTS: Final = 500
_READ_ONLY: Final = frozenset({"id", "size", "lastmodifieddatetime", "@odata.mediacontenttype", "@odata.type"})


def values_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Under the names of Graph: those of Outlook REST begin with a capital."""
    return {name[:1].lower() + name[1:]: value for name, value in given.items()}


def kind_of(unit: Unit, owner: Item, values: Mapping[str, Any]) -> str:
    """Which kind of attachment is given. Raises Invalid, also when there are too many already."""
    named = str(values.get("@odata.type") or f"#microsoft.graph.{FILE}").rpartition(".")[2]
    kind = next((one for one in ATTACHMENTS if one.lower() == named.lower()), None)
    if kind is None:
        raise Invalid("@odata.type", f"one of {', '.join(ATTACHMENTS)}")
    if len(unit.items.children(owner, *ATTACHMENTS)) >= MOST_ATTACHMENTS:
        raise Invalid("attachments", f"at most {MOST_ATTACHMENTS} attachments")
    return kind


def add_file(unit: Unit, owner: Item, values: Mapping[str, Any], content: bytes | Blob, kind: str = FILE) -> Item:
    """A file with its bytes, or with what holds them already."""
    blob = unit.blobs.put(content) if isinstance(content, bytes) else content
    document = {
        **common(values),
        "size": blob.size,
        "contentId": values.get("contentId") or None,
        "contentLocation": values.get("contentLocation") or None,
    }
    made = unit.items.add(owner.mailbox, kind, owner, document)
    unit.items.attach(made, CONTENT, blob)
    return made


def add_link(unit: Unit, owner: Item, values: Mapping[str, Any]) -> Item:
    held = {name: value for name, value in values.items() if name.lower() not in _READ_ONLY}
    return unit.items.add(owner.mailbox, REFERENCE, owner, {**common(values), **held, "size": 0})


def common(values: Mapping[str, Any]) -> dict[str, Any]:
    """What every attachment has. Raises Invalid."""
    name = values.get("name")
    if not isinstance(name, str) or not name.strip():
        raise Invalid("attachments/name", "the name of the attachment")
    content_type = values.get("contentType")
    return {
        "name": name,
        "contentType": content_type if isinstance(content_type, str) and content_type else _type_of(name),
        "isInline": values.get("isInline") is True,
    }


def content_bytes(content: Any, most_bytes: int | None) -> bytes:
    """What `contentBytes` holds. Raises Invalid, TooLarge."""
    if not isinstance(content, str):
        raise Invalid("attachments/contentBytes", "the bytes in base64")
    try:
        found = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid("attachments/contentBytes", "the bytes in base64") from error
    if most_bytes is not None and len(found) > most_bytes:
        raise TooLarge("attachments/contentBytes", most_bytes)
    return found


def _type_of(name: str) -> str:
    import mimetypes  # here: it reads tables of the system

    return mimetypes.guess_type(name)[0] or "application/octet-stream"
