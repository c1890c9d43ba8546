"""Bodies of items in the form that a caller prefers."""

from __future__ import annotations

from postroom.workspace.store.rows import Body
from postroom.workspace.workloads.items import text
from postroom.workspace.workloads.items.wish import Wish


def body_of(found: Body | None, wish: Wish) -> dict[str, str]:
    """A body in the form that the caller prefers: what came as text stays text."""
    body = found or Body("text", "")
    if body.content_type != "html":
        return {"contentType": "text", "content": body.content}
    if wish.text:
        return {"contentType": "text", "content": text.to_text(body.content)}
    return {"contentType": "html", "content": text.whole(body.content) if wish.unsafe else text.safe(body.content)}
