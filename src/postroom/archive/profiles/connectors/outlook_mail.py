"""Makes a mail (RFC 5322) of a message that Outlook kept, which has no such bytes. The same message always gives the
same bytes, so that it is archived once however often it is met.

What the server delivered is in the transport headers, where there are any: they are kept as they are, but those that
describe the form of the body, which is put together anew from the parts that Outlook kept.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import encoders
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.parser import HeaderParser
from email.policy import compat32
from email.utils import format_datetime, formataddr
from typing import Final

from postroom.archive.extract import mapi
from postroom.archive.extract.mapi import Properties
from postroom.archive.profiles.connectors.outlook_item import Attached, OutlookItem

MADE: Final = "X-Postroom-Made-From"
"""In each mail made here: who reads it must know that these are not the bytes that were delivered."""

_FORM: Final = ("mime-version", "content-")
_KINDS: Final = ((1, "To"), (2, "Cc"), (3, "Bcc"))
_POLICY: Final = compat32.clone(linesep="\r\n", max_line_length=0)
_FOREIGN: Final = re.compile(r"""[^"<>(),;:@\r\n]*[^\x00-\x7f"][^"<>(),;:@\r\n]*""")
"""A run of words that are not all ASCII, without what parts the addresses of a header."""
_NOT_MULTIPLE: Final = ("message", "multipart")


def mail_of(item: OutlookItem, kind: str) -> bytes:
    """The mail of an item; `kind` names where it was: `PST`, `MSG`."""
    mail = _mail(item, kind)
    _bound(mail, hashlib.sha256(_plain(mail)).hexdigest()[:24])
    return mail.as_bytes(policy=_POLICY)


def received_ms(item: OutlookItem) -> int | None:
    """When it was delivered, else sent; UTC milliseconds."""
    delivered = item.own.time_ms(mapi.DELIVERY_TIME)
    return delivered if delivered is not None else item.own.time_ms(mapi.SUBMIT_TIME)


def _mail(item: OutlookItem, kind: str) -> Message:
    mail = _body(item.own)
    if item.attachments:
        mixed = MIMEMultipart("mixed", policy=_POLICY)
        mixed.attach(mail)
        for attached in item.attachments:
            mixed.attach(_part(attached, kind))
        mail = mixed
    return _headed(mail, [*_headers(item), (MADE, kind)])


def _headed(mail: Message, headers: list[tuple[str, str]]) -> Message:
    """The header of the mail before that of its form."""
    form = [(name, value) for name, value in mail.items() if name.lower().startswith(_FORM)]
    for name in set(mail.keys()):
        del mail[name]
    for name, value in (*headers, *form):
        mail[name] = value
    return mail


# Header


def _headers(item: OutlookItem) -> list[tuple[str, str]]:
    sent = item.own.text(mapi.TRANSPORT_HEADERS)
    kept = [
        (name, _header(value))
        for name, value in HeaderParser(policy=compat32).parsestr(sent).items()
        if not name.lower().startswith((*_FORM, MADE.lower()))
    ]
    there = {name.lower() for name, _ in kept}
    return kept + [(name, value) for name, value in _made(item) if value and name.lower() not in there]


def _made(item: OutlookItem) -> Iterator[tuple[str, str]]:
    """What a header should have, out of the properties."""
    own = item.own
    sender = own.address(mapi.SENDER_SMTP, mapi.SENDER_ADDRESS)
    yield "From", _address(own.text(mapi.SENDER_NAME), sender)
    for number, name in _KINDS:
        chosen = [one for one in item.recipients if (one.integer(mapi.RECIPIENT_TYPE) or 1) & 0xF == number]
        yield name, ", ".join(filter(None, map(_recipient, chosen)))
    yield "Subject", _header(_subject(own))
    when = own.time_ms(mapi.SUBMIT_TIME)
    when = own.time_ms(mapi.DELIVERY_TIME) if when is None else when
    yield "Date", _date(when)
    for number, name in ((mapi.INTERNET_MESSAGE_ID, "Message-ID"), (mapi.IN_REPLY_TO, "In-Reply-To"),
                         (mapi.INTERNET_REFERENCES, "References")):  # fmt: skip
        yield name, _header(own.text(number))


def _subject(own: Properties) -> str:
    """A PST marks the length of the prefix (`RE: `) with a control character and one that counts."""
    text = own.text(mapi.SUBJECT)
    return text[2:] if text.startswith("\x01") else text


def _recipient(one: Properties) -> str:
    return _address(one.text(mapi.DISPLAY_NAME), one.address(mapi.SMTP_ADDRESS, mapi.EMAIL_ADDRESS))


def _address(name: str, address: str) -> str:
    """A name alone where Exchange kept no address: it is what people search for."""
    name, address = _line(name), "".join(_line(address).split())
    if not address.isascii() or "@" not in address:
        return _header(formataddr((name or address, "")).removesuffix(" <>")) if name or address else ""
    return formataddr(("" if name == address else name, address))


def _header(text: str) -> str:
    """A value that may stand in a header: words that are not ASCII encoded, folding kept, nothing that begins anew."""
    first, *more = [line.rstrip() for line in text.splitlines() if line.strip()] or [""]
    lines = [_line(first), *(f" {_line(line)}" for line in more)]
    return _FOREIGN.sub(lambda found: _encoded(found[0]), "\r\n".join(lines))


def _encoded(words: str) -> str:
    """As encoded words, the blanks around them as they were."""
    core = words.strip()
    before, after = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
    return before + Header(core.strip('"'), "utf-8", maxlinelen=70).encode(linesep="\r\n") + after


def _line(text: str) -> str:
    """Control characters become blanks."""
    return "".join(char if char.isprintable() else " " for char in text).strip()


def _date(time_ms: int | None) -> str:
    try:
        return "" if time_ms is None else format_datetime(datetime.fromtimestamp(time_ms // 1000, UTC))
    except (OverflowError, OSError, ValueError):
        return ""


# Body


def _body(own: Properties) -> Message:
    """The text, its HTML form, or both as alternatives."""
    plain, html = own.text(mapi.BODY), _html(own)
    if not html:
        return _text(plain or own.body(), "plain")
    if not plain:
        return _text(html, "html")
    both = MIMEMultipart("alternative", policy=_POLICY)
    both.attach(_text(plain, "plain"))
    both.attach(_text(html, "html"))
    return both


def _text(text: str, kind: str) -> Message:
    return MIMEText(text.encode("utf-8", "replace").decode(), kind, "utf-8", policy=_POLICY)


def _html(own: Properties) -> str:
    from postroom.archive.extract import html

    raw = own.raw(mapi.BODY_HTML)
    return (own.text(mapi.BODY_HTML) if own.is_text(mapi.BODY_HTML) else html.decode(raw, own.codepage)) if raw else ""


def _part(attached: Attached, kind: str) -> Message:
    name = _line(
        attached.own.text(mapi.ATTACH_LONG_FILENAME)
        or attached.own.text(mapi.ATTACH_FILENAME)
        or attached.own.text(mapi.DISPLAY_NAME)
    )
    if attached.item is not None:
        part: Message = MIMEBase("message", "rfc822", policy=_POLICY)
        part.set_payload([_mail(attached.item, kind)])
    else:
        main, _, sub = _media_type(attached.own.text(mapi.ATTACH_MIME))
        part = MIMEBase(main, sub, policy=_POLICY)
        part.set_payload(attached.data)
        encoders.encode_base64(part)
    part.add_header("Content-Disposition", "attachment", **({"filename": _filename(name)} if name else {}))
    if content_id := _line(attached.own.text(mapi.ATTACH_CONTENT_ID)):
        part["Content-ID"] = _header(f"<{content_id.strip('<>')}>")
    return part


def _filename(name: str) -> str | tuple[str, str, str]:
    return name if name.isascii() else ("utf-8", "", name.encode("utf-8", "replace").decode())


def _media_type(given: str) -> tuple[str, str, str]:
    """Main type, slash, subtype; what is none, or would change how a mail is read, becomes plain bytes."""
    main, slash, sub = given.lower().partition("/")
    if not all(part.replace("-", "").replace(".", "").replace("+", "").isalnum() and part.isascii()
               for part in (main, sub)) or main in _NOT_MULTIPLE:  # fmt: skip
        return "application", "/", "octet-stream"
    return main, slash, sub


# Boundaries


def _bound(mail: Message, seed: str) -> None:
    """Boundaries of the mail's own content: not chosen by chance, and in no part of it."""
    for number, part in enumerate(part for part in mail.walk() if part.get_content_maintype() == "multipart"):
        part.set_boundary(f"={seed}.{number}=")


def _plain(mail: Message) -> bytes:
    """All that the parts say, in order."""
    said = hashlib.sha256()
    for part in mail.walk():
        said.update(repr(part.items()).encode("utf-8", "replace"))
        payload = part.get_payload()
        if isinstance(payload, str):
            said.update(payload.encode("utf-8", "replace"))
    return said.digest()
