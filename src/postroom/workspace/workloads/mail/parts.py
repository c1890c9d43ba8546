"""A message as a tree of parts, by the standard library, bounded in depth, parts and time. Never raises."""

from __future__ import annotations

import email.parser
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Any, Final, cast

from postroom.workspace.workloads.mail import headers

HEAD_BYTES: Final = 256 << 10
LINES: Final = 3_000_000
DELIMITERS: Final = 20_000
MULTIPARTS: Final = 60
PARTS: Final = 1_000
"""Beyond these a message is its header fields and one text, or its parts are not looked at further."""
_BLANK: Final = re.compile(rb"\r?\n\r?\n|\r\r")


class Node(Message):
    """A part. Embedded messages stay what they are, bytes: no depth, and they are given back exactly."""

    leaf = False

    def get_content_type(self) -> str:
        """What the parser goes by: it descends into `message` and `multipart`."""
        found = self.true_type
        main, _, sub = found.partition("/")
        return f"application/{sub}" if main == "message" or (main == "multipart" and self.leaf) else found

    @property
    def true_type(self) -> str:
        return super().get_content_type()


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of the tree. `path` counts from 1 at each level, as IMAP does. `within` are the multiparts around it."""

    path: str
    node: Node
    within: tuple[str, ...]

    @property
    def content_type(self) -> str:
        return self.node.true_type

    @property
    def disposition(self) -> str:
        return self.node.get_content_disposition() or ""

    @property
    def name(self) -> str:
        return headers.parameter(self.node, "filename", "content-disposition") or headers.parameter(self.node, "name")

    @property
    def content_id(self) -> str:
        return headers.value(self.node, "content-id").strip("<> ")

    def content(self) -> bytes:
        """Its bytes with the transfer encoding taken off, as far as they can be read."""
        return content(self.node)


def parse(raw: bytes) -> Node:
    """The tree; what is too large or too deep for one is a text below its header fields."""
    if raw.count(b"\n--") > DELIMITERS or raw.count(b"\n") > LINES or _head_end(raw) > HEAD_BYTES:
        return _opaque(raw)
    try:
        return _parse(raw)
    except (RecursionError, ValueError, TypeError, LookupError, AttributeError):
        # Seen on broken mail in one version of Python or another; the bytes are kept in any case.
        return _opaque(raw)


def leaves(message: Node) -> Iterator[Part]:
    """All parts that are no multiparts, in order."""
    found = _leaves(message, "", ())
    for _ in range(PARTS):
        part = next(found, None)
        if part is None:
            return
        yield part


def part_at(raw: bytes, path: str) -> Part | None:
    """The part that a descriptor names."""
    return next((part for part in leaves(parse(raw)) if part.path == path), None)


def content(node: Message) -> bytes:
    try:
        found = node.get_payload(decode=True)
    except (ValueError, TypeError, LookupError, AttributeError):
        found = None
    if isinstance(found, bytes):
        return found
    try:
        payload = node.get_payload()
    except (ValueError, LookupError):
        return b""
    return payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""


def _leaves(node: Node, path: str, within: tuple[str, ...]) -> Iterator[Part]:
    # Asked for the text of a leaf the library decodes it, and raises for charsets that are none.
    children = node.get_payload() if node.is_multipart() else None
    if not isinstance(children, list):
        yield Part(path or "1", node, within)
        return
    kind = node.true_type
    for number, child in enumerate(children, 1):
        if isinstance(child, Node):
            yield from _leaves(child, f"{path}.{number}" if path else str(number), (*within, kind))


def _parse(raw: bytes) -> Node:
    made: list[Node] = []
    multiparts = 0

    def node(policy: Any = None) -> Node:
        nonlocal multiparts
        # The header of the one before is complete now.
        multiparts += bool(made) and made[-1].get_content_maintype() == "multipart"
        one = Node(policy or email.policy.compat32)
        # Each multipart may lie in the one before: the parser's time and stack grow with the depth.
        one.leaf = multiparts >= MULTIPARTS
        made.append(one)
        return one

    return cast("Node", email.parser.BytesParser(node, policy=email.policy.compat32).parsebytes(raw))


def _opaque(raw: bytes) -> Node:
    """Header fields as far as they go, and everything below them as one text."""
    end = min(_head_end(raw), HEAD_BYTES)
    made = Node(email.policy.compat32)
    for name, value in email.parser.BytesHeaderParser(policy=email.policy.compat32).parsebytes(raw[:end]).raw_items():
        if not name.lower().startswith(("content-", "mime-version")):
            made[name] = value
    made.set_payload(raw[end:].decode("ascii", "surrogateescape"))
    return made


def _head_end(raw: bytes) -> int:
    found = _BLANK.search(raw)
    return found.start() if found else len(raw)
