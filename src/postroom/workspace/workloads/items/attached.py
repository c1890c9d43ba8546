"""What is attached to an item, as Graph shows it."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Final

from postroom.workspace.query.options import Options
from postroom.workspace.query.project import project
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store.rows import Item, moment
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items.kinds import CONTENT
from postroom.workspace.workloads.items.wish import Document, Wish

ContentOf = Callable[[Item], bytes]
_MEDIA_TYPE: Final = re.compile(r"[!-~]{1,100}/[!-~]{1,100}( *;[ -~]{0,300})?")


def content_of(unit: Unit, item: Item) -> bytes:
    """The bytes of an attachment that has its own. Raises Damaged when a file is gone."""
    blob = unit.items.blob(item, CONTENT)
    return unit.blobs.read(blob.hash) if blob else b""


def shown(item: Item, wish: Wish, bytes_of: ContentOf, more: Document | None = None) -> Document:
    """One attachment. The bytes of a file are in it unless others were selected; `more` is always in it."""
    kind = SCHEMA.entity(item.kind)
    document: Document = {
        "@odata.type": f"#microsoft.graph.{item.kind}",
        "@odata.mediaContentType": item.document.get("contentType"),
        "id": wish.id_of(item),
        "lastModifiedDateTime": moment(item.modified_ms),
    }
    document |= {name: value for name, value in item.document.items() if not name.startswith("_")}
    if kind.property("contentBytes") is not None and wish.shows("contentBytes"):
        document["contentBytes"] = base64.b64encode(bytes_of(item)).decode()
    return project(document, Options(select=wish.options.select), kind) | (more or {})


def media_type(item: Item) -> str:
    """It becomes a header field of the answer, and whoever attached the file chose it."""
    found = str(item.document.get("contentType") or "")
    return found if _MEDIA_TYPE.fullmatch(found) else "application/octet-stream"
