"""Which messages a policy or a hold is about: a query of the search, narrowed to fields, people and archives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from postroom.archive.search import query as language
from postroom.archive.search.query import And, Folder, HasAttachment, Node, Not, Or, Text
from postroom.archive.search.tokens import tokens
from postroom.errors import Invalid

FIELDS: Final = {
    "subject": "subject",
    "body": "body",
    "attachmentNames": "filename",
    "attachmentContents": "attachment",
    "from": "from",
    "to": "to",
    "cc": "cc",
    "bcc": "bcc",
}
"""Fields a query can be limited to, under the names of the product, and those of the query language."""

_HEADERS: Final = frozenset({"from", "to", "cc", "bcc", "subject"})


@dataclass(frozen=True, slots=True)
class Criteria:
    """All that is given must match. `fields`: where words of `query` without a field of their own are looked for, ()
    is anywhere; `recipient` is one of to, cc, bcc; messages in the archives `excluded` never match."""

    query: str | None = None
    fields: tuple[str, ...] = ()
    sender: str | None = None
    recipient: str | None = None
    excluded: tuple[str, ...] = ()

    def check(self) -> None:
        """Raises Invalid naming the field."""
        if unknown := sorted(set(self.fields) - FIELDS.keys()):
            raise Invalid("fields", f"some of {', '.join(FIELDS)}, not {unknown[0][:80]!r}")
        if self.query is not None:
            checked_query(self.query)
        for field, text in (("sender", self.sender), ("recipient", self.recipient)):
            if text is not None and not _findable(text):
                raise Invalid(field, "an address or a name, with a letter or a digit")
        if any(not name.strip() or "/" in name for name in self.excluded):
            raise Invalid("excluded", "names of archives")

    def node(self, now_s: float) -> Node | None:
        """What the index is asked; None = every message. Days are those of UTC."""
        parts: list[Node] = []
        if self.query is not None and self.query.strip():
            found = language.parse(self.query, now_s=now_s)
            parts.append(_within(found, self.fields) if self.fields else found)
        if self.sender is not None:
            parts.append(Text("from", self.sender))
        if self.recipient is not None:
            parts.append(Or(tuple(Text(field, self.recipient) for field in ("to", "cc", "bcc"))))
        flat = [part for one in parts for part in (one.nodes if isinstance(one, And) else (one,))]
        return And(tuple(flat)) if len(flat) > 1 else flat[0] if flat else None


def checked_query(text: str, now_s: float | None = None) -> Node:
    """The tree of a query each of whose words the index can hold. Raises Invalid("query", …)."""
    node = language.parse(text, now_s=now_s)
    for leaf in _texts(node):
        if not _findable(leaf.text):
            raise Invalid("query", f"words that the index holds, of at most 64 bytes, not {leaf.text[:80]!r}")
    return node


def reads_content(node: Node) -> bool:
    """Whether the answer depends on body or attachments, which cannot be read of every message."""
    match node:
        case And(nodes) | Or(nodes):
            return any(map(reads_content, nodes))
        case Not(inner):
            return reads_content(inner)
        case Text(field):
            return field not in _HEADERS
        case _:
            return isinstance(node, HasAttachment)


def folders_in(node: Node) -> list[str]:
    """The folders a query names."""
    match node:
        case Folder(path):
            return [path]
        case And(nodes) | Or(nodes):
            return [path for part in nodes for path in folders_in(part)]
        case Not(inner):
            return folders_in(inner)
        case _:
            return []


def _findable(text: str) -> bool:
    return bool(tokens(text))


def _texts(node: Node) -> list[Text]:
    match node:
        case Text():
            return [node]
        case And(nodes) | Or(nodes):
            return [leaf for part in nodes for leaf in _texts(part)]
        case Not(inner):
            return _texts(inner)
        case _:
            return []


def _within(node: Node, fields: tuple[str, ...]) -> Node:
    """The words that name no field of their own, in these fields."""

    def narrowed(leaf: Text) -> Node:
        if leaf.field is not None:
            return leaf
        found = tuple(Text(FIELDS[field], leaf.text, leaf.prefix) for field in dict.fromkeys(fields))
        return found[0] if len(found) == 1 else Or(found)

    return _mapped(node, narrowed)


def _mapped(node: Node, change: Callable[[Text], Node]) -> Node:
    match node:
        case Text():
            return change(node)
        case And(nodes):
            return And(tuple(_mapped(part, change) for part in nodes))
        case Or(nodes):
            return Or(tuple(_mapped(part, change) for part in nodes))
        case Not(inner):
            return Not(_mapped(inner, change))
        case _:
            return node
