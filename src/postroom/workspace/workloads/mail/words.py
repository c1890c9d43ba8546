"""The words that a message is found by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from postroom.workspace.store.rows import Body, Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items import text
from postroom.workspace.workloads.items.kinds import ATTACHMENTS

BODY_CHARS: Final = 1 << 20


def index(unit: Unit, item: Item) -> None:
    """Make `$search` find a message as it is now."""
    attachments = [str(one.document.get("name") or "") for one in unit.items.children(item, *ATTACHMENTS)]
    set_words(unit, item, unit.items.body(item), attachments)


def set_words(unit: Unit, item: Item, body: Body | None, attachments: Sequence[str]) -> None:
    """The same, for whoever knows the body and the names of the attachments."""
    document, content = item.document, body.content[:BODY_CHARS] if body else ""
    author = [one for one in (document.get("from"), document.get("sender")) if one]
    unit.texts.set(
        item,
        {
            "from": _people(author[:1]),
            "to": _people(document.get("toRecipients")),
            "cc": _people(document.get("ccRecipients")),
            "bcc": _people(document.get("bccRecipients")),
            "subject": str(document.get("subject") or ""),
            "body": text.to_text(content) if body and body.content_type == "html" else content,
            "attachment": "\n".join(attachments),
        },
    )


def _people(found: Any) -> str:
    emails = [one.get("emailAddress") or {} for one in found or []]
    return "\n".join(f"{one.get('name') or ''} {one.get('address') or ''}" for one in emails)
