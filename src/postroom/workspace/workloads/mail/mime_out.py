"""A message as Graph has it, a document, a body and attachments, as bytes for the wire."""

from __future__ import annotations

import email.charset
import email.encoders
import email.generator
import email.policy
import io
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr
from typing import Any, Final

from postroom.errors import Invalid
from postroom.workspace.store.rows import Body
from postroom.workspace.workloads.items import text

_POLICY: Final = email.policy.compat32.clone(linesep="\r\n")
_UTF8: Final = email.charset.Charset("utf-8")
_UTF8.body_encoding = email.charset.QP
_LINE_ENDS: Final = re.compile(rb"\r\n|\r|\n")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]+")
_TYPE: Final = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,100}/[A-Za-z0-9!#$&^_.+-]{1,100}")
_HEADER_NAME: Final = re.compile(r"[!-9;-~]{1,200}")
_OURS: Final = frozenset(
    {"from", "sender", "to", "cc", "bcc", "subject", "date", "message-id", "mime-version", "content-type"}
    | {"content-transfer-encoding", "in-reply-to", "references", "reply-to", "thread-index", "thread-topic"}
)


def _mark() -> str:
    return f"{secrets.randbelow(10**19):019}"


_MARK: Final = _mark()
"""Of the boundaries of all messages that this process writes: whoever reads one, as we do when it is delivered here,
has to compile what finds a boundary. It cannot be in our parts: they are base64 or quoted-printable, in which no two
equals signs stand side by side before other letters."""


def boundary(kind: str, mark: str = _MARK) -> str:
    """Of a multipart of this kind."""
    return f"{'=' * 15}{kind[0]}{mark}=="


@dataclass(frozen=True, slots=True)
class Enclosed:
    """An attachment with its bytes; with `message` they are a message. `link` stands for them in a reference."""

    name: str
    content_type: str
    content: bytes
    inline: bool = False
    content_id: str = ""
    message: bool = False


@dataclass(frozen=True, slots=True)
class Extra:
    """What the header says beside the document."""

    in_reply_to: str = ""
    references: Sequence[str] = ()
    fields: Sequence[tuple[str, str]] = ()
    bcc: bool = False
    calendar: tuple[str, bytes] | None = None
    """What a message about a meeting asks for, and its iCalendar text: the last one of the alternatives."""


def write(document: dict[str, Any], body: Body, enclosed: Sequence[Enclosed], extra: Extra | None = None) -> bytes:
    """The bytes, with CRLF; BCC is left out unless `extra.bcc`.

    Raises Invalid for an address that mail cannot carry.
    """
    extra = extra or Extra()
    embedded: dict[bytes, bytes] = {}
    message = _structure(body, enclosed, embedded, extra.calendar)
    _set_head(message, document, extra)
    out = io.BytesIO()
    email.generator.BytesGenerator(out, mangle_from_=False, policy=_POLICY).flatten(message)
    raw = out.getvalue()
    for mark, content in embedded.items():
        # The generator would write an embedded message anew; it must stay what it is, signatures and all.
        raw = raw.replace(mark, content, 1)
    return raw


def message_id(domain: str) -> str:
    """A new Message-ID."""
    return f"<{secrets.token_hex(16)}@{domain or 'localhost'}>"


def address(one: dict[str, Any]) -> str:
    """A recipient as a header field has it. Raises Invalid."""
    given = one.get("emailAddress") or {}
    mail = _CONTROL.sub("", str(given.get("address") or "")).strip()
    name = _CONTROL.sub(" ", str(given.get("name") or "")).strip()
    local, _, domain = mail.rpartition("@")
    try:
        ascii_mail = f"{local}@{domain.encode('idna').decode()}" if local and not domain.isascii() else mail
        return formataddr(("" if name == mail else name, ascii_mail), "utf-8")
    except UnicodeError as error:
        raise Invalid("emailAddress/address", f"an address in ASCII, not {mail!r}") from error


def _structure(
    body: Body, enclosed: Sequence[Enclosed], embedded: dict[bytes, bytes], calendar: tuple[str, bytes] | None
) -> Message:
    """mixed(related(alternative(text, html), inline ones), others), without the levels that are not needed."""
    inline = [one for one in enclosed if one.inline and one.content_id and body.content_type == "html"]
    others = [one for one in enclosed if one not in inline]
    # A message within this one may be one of ours.
    mark = _mark() if any(one.message for one in enclosed) else _MARK
    found = _multipart("related", mark, [_text(body, mark, calendar), *(_part(one, embedded) for one in inline)])
    return _multipart("mixed", mark, [found, *(_part(one, embedded) for one in others)])


def _multipart(kind: str, mark: str, parts: Sequence[Message]) -> Message:
    if len(parts) == 1:
        return parts[0]
    whole = MIMEMultipart(kind, boundary(kind, mark), policy=_POLICY)
    for part in parts:
        whole.attach(part)
    return whole


def _text(body: Body, mark: str, calendar: tuple[str, bytes] | None) -> Message:
    html = body.content_type == "html"
    parts = [_plain(text.to_text(body.content) if html else body.content, "plain")]
    parts += [_plain(body.content, "html")] if html else []
    return _multipart("alternative", mark, [*parts, *([_calendar(*calendar)] if calendar else [])])


def _calendar(method: str, content: bytes) -> Message:
    part = MIMEBase("text", "calendar", charset="utf-8", method=method, policy=_POLICY)
    part.set_payload(content)
    email.encoders.encode_base64(part)
    return part


def _plain(content: str, kind: str) -> Message:
    content = content.encode("utf-8", "replace").decode()
    lines = content.replace("\r\n", "\n").replace("\r", "\n")
    return MIMEText(lines if lines.endswith("\n") else lines + "\n", kind, _UTF8, policy=_POLICY)  # type: ignore[arg-type]


def _part(one: Enclosed, embedded: dict[bytes, bytes]) -> Message:
    kind = "message/rfc822" if one.message else one.content_type
    main, _, sub = (kind if _TYPE.fullmatch(kind) else "application/octet-stream").partition("/")
    if main in ("multipart", "message") and not one.message:
        main, sub = "application", "octet-stream"
    part = MIMEBase(main, sub, policy=_POLICY)
    name = _CONTROL.sub(" ", one.name)
    encoding = None if name.isascii() else "utf-8"
    part.set_param("name", name, charset=encoding)
    part.add_header("Content-Disposition", "inline" if one.inline else "attachment")
    part.set_param("filename", name, "Content-Disposition", charset=encoding)
    if one.content_id:
        part["Content-ID"] = f"<{_CONTROL.sub('', one.content_id).strip('<> ')}>"
    if one.message:
        mark = secrets.token_hex(24)
        content = _LINE_ENDS.sub(b"\r\n", one.content)
        embedded[mark.encode()] = content
        part["Content-Transfer-Encoding"] = "7bit" if content.isascii() else "8bit"
        part.set_payload(mark)
    else:
        part.set_payload(one.content)
        email.encoders.encode_base64(part)
    return part


def _set_head(message: Message, document: dict[str, Any], extra: Extra) -> None:
    """The fields in the order in which people read them, before those of the structure."""
    structure = message.items()
    for name in {name for name, _ in structure}:
        del message[name]
    for name, value in (*_fields(document, extra), ("MIME-Version", "1.0"), *structure):
        if name != "MIME-Version" or "MIME-Version" not in message:
            message[name] = value


def _fields(document: dict[str, Any], extra: Extra) -> Iterable[tuple[str, str]]:
    sender, author = document.get("sender"), document.get("from")
    yield from _people("From", [author or sender])
    if author and sender and sender.get("emailAddress") != author.get("emailAddress"):
        yield from _people("Sender", [sender])
    yield from _people("To", document.get("toRecipients"))
    yield from _people("Cc", document.get("ccRecipients"))
    if extra.bcc:
        yield from _people("Bcc", document.get("bccRecipients"))
    yield from _people("Reply-To", document.get("replyTo"))
    yield "Subject", _encoded(str(document.get("subject") or ""), "Subject")
    yield "Date", _date(document.get("sentDateTime"))
    yield from _named("Message-ID", document.get("internetMessageId"))
    yield from _named("In-Reply-To", extra.in_reply_to)
    yield from _named("References", *extra.references)
    yield from _named("Thread-Index", document.get("conversationIndex"))
    yield from _marks(document)
    for name, value in extra.fields:
        if name.lower() not in _OURS and _HEADER_NAME.fullmatch(name):
            yield name, _encoded(value, name)


def _marks(document: dict[str, Any]) -> Iterable[tuple[str, str]]:
    importance = document.get("importance")
    if importance in ("high", "low"):
        yield "Importance", importance
        yield "X-Priority", "1" if importance == "high" else "5"
    author = [document.get("from") or document.get("sender")]
    if document.get("isReadReceiptRequested"):
        yield from _people("Disposition-Notification-To", author)
    if document.get("isDeliveryReceiptRequested"):
        yield from _people("Return-Receipt-To", author)


def _people(name: str, found: Any) -> Iterable[tuple[str, str]]:
    written = [address(one) for one in found or () if one and (one.get("emailAddress") or {}).get("address")]
    if written:
        yield name, ",\r\n ".join(written)


def line(value: Any) -> str:
    """A value that ends no header field before its time."""
    return _CONTROL.sub("", str(value))


def _named(name: str, *values: Any) -> Iterable[tuple[str, str]]:
    written = [line(value) for value in values if value]
    if written:
        yield name, "\r\n ".join(written)


def _encoded(value: str, name: str) -> str:
    value = " ".join(_CONTROL.sub(" ", value).split()).encode("utf-8", "replace").decode()
    return Header(value, None if value.isascii() else "utf-8", header_name=name, maxlinelen=76).encode(linesep="\r\n")


def _date(value: Any) -> str:
    moment = datetime.fromisoformat(value) if value else datetime.now(UTC)
    return format_datetime(moment)
