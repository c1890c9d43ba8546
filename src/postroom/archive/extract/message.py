"""One message as words: `extract`, or `body_text` alone. The whole walk is here; file types have their own modules.

What is body: text/plain and text/html parts that are neither named nor marked as attachments. In a
multipart/alternative the plain form is taken; HTML is added when there is no plain one or it says next to nothing.
All else is an attachment. A message within the message is an attachment named by its subject, and its attachments
follow it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from typing import Final

from postroom.archive.body import Body
from postroom.archive.extract import charset, containers, headers, html, large, office, outlook, parts
from postroom.archive.extract.blob import Blob
from postroom.archive.extract.context import Context, Reader, describe
from postroom.archive.extract.model import Extracted, Limits, TextCache
from postroom.archive.extract.parts import Part

TRIVIAL_CHARS: Final = 40
_BODY_TYPES: Final = frozenset({"text/plain", "text/html", ""})
_PRELUDE: Final = re.compile(rb"(?:\xef\xbb\xbf|[ \t]*+\r?\n|>?From (?!:)[^\n]*\n)++")
_SHOWN: Final = ("subject", "from", "to", "cc", "bcc", "date")

_Piece = tuple[bool, str]
"""A piece of body: is it HTML markup, and the text or markup."""


def extract(body: Body, limits: Limits, cache: TextCache | None = None) -> Extracted:
    """Headers, body text and attachments of a message, in this process. Never raises for bad mail, only NoSpace.

    What could not be read is told in `problems` of the message or `problem` of the attachment. A file type's
    library may still hang or crash on hostile bytes: mail from outside goes through `ExtractPool`.
    """
    context = Context(limits, cache, READERS)
    try:
        return _Walk(context, body).extracted()
    except BaseException as error:  # noqa: BLE001 - describe() raises again what is not about the data
        reason = describe(error)
    if not limits.read_structure:
        return Extracted(problems=(*context.problems, f"extraction failed: {reason}"))
    found = extract(body, replace(limits, read_structure=False, read_attachments=False))
    return replace(found, problems=(*found.problems, f"structure and attachments not read: {reason}"))


def body_text(body: Body, limits: Limits) -> str:
    """The body that `extract` gives, without the work for the rest."""
    context = Context(limits, None, READERS)
    try:
        text, _ = context.cut(_Walk(context, body).text(), limits.text_chars)
    except BaseException as error:  # noqa: BLE001 - as in `extract`
        describe(error)
        return extract(body, limits).body
    return text


class _Walk:
    """Goes through the parts of one message, outer or nested."""

    def __init__(self, context: Context, body: Body, cut: large.Cut | None = None) -> None:
        self._context = context
        self._cut = cut
        self._attached: list[tuple[str, str, Part, bytes, str]] = []
        if len(body) > context.limits.whole_bytes:
            self._cut = large.cut(body, context.limits)
            context.problems.extend(self._cut.problems)
            body = self._cut.skeleton
        self._raw = _without_prelude(body if isinstance(body, bytes) else bytes(body))
        self._raw, cut_short = headers.bounded(self._raw)
        if cut_short:
            context.problems.append("header too large: not all of it was read")
        self._root, reason = self._parsed()
        if reason:
            context.problems.append(f"structure not readable: {reason}")

    def _parsed(self) -> tuple[Part, str]:
        return parts.parse(self._raw) if self._context.limits.read_structure else (parts.opaque(self._raw), "")

    @cached_property
    def fields(self) -> dict[str, list[str]]:
        """Header fields by name in lower case."""
        found = {name.lower(): values for name, values in self._root.headers.items()}
        # The parser takes raw 8-bit bytes for Latin-1 unless they are UTF-8; they are as often something else.
        if not self._raw.isascii() and not self._raw[: headers.head_end(self._raw)].isascii():
            found.update(headers.fields(self._raw))
        return found

    def extracted(self) -> Extracted:
        """The outer message, whole."""
        context, found, limit = self._context, self.fields, self._context.limits.header_chars
        body, cut = context.cut(self.text(), context.limits.text_chars)
        if cut:
            context.problems.append("text cut")
        self.attach()  # after the body, which has the first claim on time and text
        return Extracted(
            subject=headers.text(found, "subject", limit),
            sender=headers.text(found, "from", limit),
            to=headers.text(found, "to", limit),
            cc=headers.text(found, "cc", limit),
            bcc=headers.text(found, "bcc", limit),
            date_s=headers.date_s(found.get("date", ())),
            message_id=headers.text(found, "message-id", limit),
            body=body,
            attachments=tuple(context.attachments),
            problems=tuple(context.problems),
        )

    def text(self) -> str:
        """The body text."""
        pieces = self._pieces(self._root, 0)
        text = "\n".join(html.text_of(piece) if is_html else piece for is_html, piece in pieces)
        return text.replace("\0", " ") if "\0" in text else text

    def attach(self) -> None:
        """Hands the attachments that `text` came by to the context."""
        for name, media_type, part, content, label in self._attached:
            self._context.attach(name, media_type, self._blob(part, content, label))

    def nested_text(self) -> str:
        """What a message inside another says: the header fields that people read, then the body."""
        limit = self._context.limits.header_chars
        shown = [headers.text(self.fields, name, limit) for name in _SHOWN]
        text = self.text()
        self.attach()
        return "\n".join(filter(None, (*shown, text)))

    def _pieces(self, part: Part, depth: int) -> list[_Piece]:
        if part.is_message:
            self._nested(part)
            return []
        content = part.content
        if content is not None:
            return self._leaf(part, content)
        if depth > self._context.limits.depth:
            self._context.problems.append("nested too deep")
            return []
        found = [piece for child in part.children for piece in self._pieces(child, depth + 1)]
        if part.content_type == "multipart/alternative":
            plain = [piece for piece in found if not piece[0]]
            if sum(len(text.strip()) for _, text in plain) >= TRIVIAL_CHARS:
                return plain
        return found

    def _leaf(self, part: Part, content: bytes) -> list[_Piece]:
        # What is no type at all is plain text (RFC 2045 5.2), or a file of a kind that its bytes may tell.
        kind = part.content_type if "/" in part.content_type else ""
        label = headers.charset_of(_header(part, "Content-Type"))
        if kind not in _BODY_TYPES or part.disposition == "attachment" or part.filename:
            self._attached.append((part.filename, kind, part, content, label))
            return []
        raw = self._blob(part, content, label).read(self._context.limits.text_chars * 4)
        is_html = kind == "text/html"
        return [(is_html, html.decode(raw, label) if is_html else charset.decode(raw, label))]

    def _nested(self, part: Part) -> None:
        name = part.filename
        if not name and part.children:
            name = headers.decoded(_header(part.children[0], "Subject"))[: self._context.limits.header_chars]
        self._attached.append((name, "message/rfc822", part, part.content or b"", ""))

    def _blob(self, part: Part, content: bytes, label: str) -> Blob:
        found = None
        if self._cut is not None:
            encoding = _header(part, "Content-Transfer-Encoding")
            found = self._cut.blob(content, part.content_type, part.filename, encoding, label)
        return found or Blob(content, label)


def _header(part: Part, name: str) -> str:
    values = part.headers.get(name)
    if values is None:
        values = next((v for k, v in part.headers.items() if k.lower() == name.lower()), None)
    return values[0] if values else ""


def _without_prelude(raw: bytes) -> bytes:
    """Drops what mailboxes put before a message: byte order mark, blank lines, the mbox `From ` line."""
    match = _PRELUDE.match(raw)
    return raw[match.end() :] if match and match.end() else raw


def _read_text(context: Context, blob: Blob) -> str:
    raw = blob.read(context.limits.attachment_chars * 4)
    if len(raw) < blob.size:  # do not cut a character in two: that would make the charset look wrong
        raw = raw[: raw.rfind(b"\n") + 1] or raw
    return charset.decode(raw, blob.label)


def _read_html(context: Context, blob: Blob) -> str:
    return html.text_of(html.decode(blob.read(context.limits.attachment_chars * 4), blob.label))


def _read_mail(context: Context, blob: Blob) -> str:
    with context.deeper():
        if isinstance(blob, large.Outline):
            return _Walk(context, blob.skeleton, blob.cut).nested_text()
        return _Walk(context, blob.body(context.limits.attachment_bytes)).nested_text()


READERS: Final[dict[str, Reader]] = {
    "text": _read_text,
    "html": _read_html,
    "mail": _read_mail,
    "xml": office.xml,
    "pdf": office.pdf,
    "rtf": office.rtf,
    "zip": containers.read_zip,
    "ole": containers.read_ole,
    "tar": containers.read_tar,
    "gzip": containers.read_gzip,
    "bzip2": containers.read_bzip2,
    "tnef": outlook.tnef,
}
"""What reads which kind of file; `kinds.kind` names the kinds."""
