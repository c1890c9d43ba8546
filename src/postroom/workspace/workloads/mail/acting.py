"""What rules do with a message that arrives: where it goes, how it is marked, who else gets it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from postroom.workspace.store import ids
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.mail import headers, places, well_known
from postroom.workspace.workloads.mail.kinds import FOLDER

LOOP: Final = "X-Postroom-Forwarded-By"
"""Who a message was passed on by: nobody passes it on twice."""
MOST_HOPS: Final = 50


@dataclass(slots=True)
class Verdict:
    """`folder` None: it is not kept at all. `document` are changed properties."""

    folder: Item | None
    copies: list[Item] = field(default_factory=list)
    document: dict[str, Any] = field(default_factory=dict)
    redirect: list[str] = field(default_factory=list)
    forward: list[str] = field(default_factory=list)
    enclose: list[str] = field(default_factory=list)
    """Who gets it as an attachment."""


def verdict(unit: Unit, mailbox: str, folder: Item, rules: Iterable[Mapping[str, Any]]) -> Verdict:
    """Of the rules that apply, in their order; the last word about the folder counts."""
    found = Verdict(folder)
    kept = True
    for rule in rules:
        actions = {name: value for name, value in (rule.get("actions") or {}).items() if value}
        kept = kept and not actions.get("permanentDelete")
        if actions.get("delete"):
            found.folder = places.known(unit, mailbox, well_known.DELETED)
        found.folder = _folder(unit, mailbox, actions.get("moveToFolder")) or found.folder
        copy = _folder(unit, mailbox, actions.get("copyToFolder"))
        found.copies += [copy] if copy else []
        _mark(found.document, actions)
        found.redirect += headers.addresses(actions.get("redirectTo") or [])
        found.forward += headers.addresses(actions.get("forwardTo") or [])
        found.enclose += headers.addresses(actions.get("forwardAsAttachmentTo") or [])
    found.folder = found.folder if kept else None
    return found


def _mark(document: dict[str, Any], actions: Mapping[str, Any]) -> None:
    if actions.get("markAsRead"):
        document["isRead"] = True
    if actions.get("markImportance"):
        document["importance"] = actions["markImportance"]
    if actions.get("assignCategories"):
        known = document.get("categories") or []
        document["categories"] = list(dict.fromkeys((*known, *actions["assignCategories"])))


def _folder(unit: Unit, mailbox: str, text: str | None) -> Item | None:
    """None, too, when the folder is gone: mail is not lost for that."""
    if not text:
        return None
    found = unit.items.find(ids.parse(text).key)
    return found if found and found.mailbox == mailbox and found.kind == FOLDER else None
