"""A message as a tree of decoded parts: by the fast parser, else the standard library, else as good as it goes."""

from __future__ import annotations

import email
import email.message
import email.parser
import email.policy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import fast_mail_parser

from postroom.archive.extract import charset, headers
from postroom.archive.extract.context import describe

FALLBACK_BYTES: Final = 4 << 20
"""A message over this that the fast parser refuses is not given to the standard library: that is slow."""
MAX_DEPTH: Final = 100
MAX_BOUNDARIES: Final = 10_000
"""The fast parser descends before it counts, and 50,000 levels overflow its stack, which ends the process."""
MESSAGE_TYPES: Final = frozenset({"message/rfc822", "message/global"})


class Part(Protocol):
    """One node: `content` is None for a multipart. The fast parser's own nodes are of this shape."""

    @property
    def content_type(self) -> str: ...
    @property
    def headers(self) -> Mapping[str, list[str]]: ...
    @property
    def filename(self) -> str: ...
    @property
    def disposition(self) -> str | None: ...
    @property
    def is_message(self) -> bool: ...
    @property
    def content(self) -> bytes | None: ...
    @property
    def children(self) -> Sequence[Part]: ...


@dataclass(slots=True)
class Node:
    """A part made by the fallbacks."""

    content_type: str
    headers: Mapping[str, list[str]]
    filename: str = ""
    disposition: str | None = None
    is_message: bool = False
    content: bytes | None = None
    children: list[Node] = field(default_factory=list)


def parse(raw: bytes) -> tuple[Part, str]:
    """The tree and '' or the reason why it is not the whole message. Never raises for bad mail."""
    if raw.lower().count(b"boundary") > MAX_BOUNDARIES:
        return opaque(raw), "too many parts"
    try:
        tree: Part = fast_mail_parser.parse_email_tree(raw)
        if len(raw) > FALLBACK_BYTES or not _lost(tree):
            return tree, ""
        reason = ""
    except fast_mail_parser.MimeStructureError as error:
        # Over a cap of the parser (256 levels): the standard library would recurse to its death, slowly.
        return opaque(raw), describe(error)
    except BaseException as error:  # noqa: BLE001 - a Rust panic is no Exception; describe() raises others again
        reason = describe(error)
    if len(raw) > FALLBACK_BYTES:
        return opaque(raw), reason
    try:
        return _node(email.message_from_bytes(raw, policy=email.policy.compat32), 0), ""
    except BaseException as error:  # noqa: BLE001 - as above
        return opaque(raw), describe(error)


def _lost(part: Part) -> bool:
    """A multipart without parts: its boundary is missing, or in a form that the fast parser does not read."""
    if not part.content_type.startswith("multipart/"):
        return False
    children = part.children
    return not children or any(map(_lost, children))


def opaque(raw: bytes) -> Node:
    """Header fields and everything below them as one text."""
    end = headers.head_end(raw)
    return Node("text/plain", headers.fields(raw), content=raw[end:].lstrip(b"\r\n"))


def _node(message: email.message.Message, depth: int) -> Node:
    if depth > MAX_DEPTH:
        raise RecursionError
    found: dict[str, list[str]] = {}
    for name, value in message.items():
        found.setdefault(name, []).append(headers.decoded(charset.unsurrogate(str(value))))
    node = Node(
        message.get_content_type(),
        found,
        filename=headers.decoded(message.get_filename() or ""),
        disposition=message.get_content_disposition(),
    )
    if message.get_content_maintype() == "message" and message.is_multipart():
        _fill_message(node, message, depth)
    elif message.is_multipart():
        node.children = [_node(child, depth + 1) for child in _children(message)]
    else:
        node.content = _content(message)
        if message.get_content_maintype() == "multipart":
            node.content_type = "text/plain"  # without a boundary it is the text that it looks like
    return node


def _fill_message(node: Node, message: email.message.Message, depth: int) -> None:
    """An embedded message is a child; a delivery status is a list of field groups, thus text."""
    children = _children(message)
    node.content = b"\n".join(child.as_bytes() for child in children)
    if node.content_type in MESSAGE_TYPES:
        node.is_message = True
        node.children = [_node(child, depth + 1) for child in children[:1]]


def _children(message: email.message.Message) -> list[email.message.Message]:
    payload = message.get_payload()
    return [child for child in payload if isinstance(child, email.message.Message)] if isinstance(payload, list) else []


def _content(message: email.message.Message) -> bytes:
    payload = message.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
