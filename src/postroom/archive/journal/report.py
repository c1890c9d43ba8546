"""Journal reports as Exchange and Microsoft 365 send them: a text that tells the envelope, and the message within.

The message is taken out byte for byte. A report that cannot be understood wholly is kept as it came, so that nothing
is lost, with the reason; what its text tells of the envelope is used all the same.
"""

from __future__ import annotations

import binascii
import re
from typing import Final

from postroom.archive.body import CHUNK_BYTES, Body, spool
from postroom.archive.extract import charset, headers
from postroom.archive.journal.lines import Told, read
from postroom.archive.journal.model import MOST_ADDRESS_CHARS, MOST_ADDRESSES, Journalled
from postroom.archive.storage.scan import Part, parts

MOST_MESSAGES: Final = 100
"""In one report. Real ones hold one, or two where one is the encrypted form of the other."""
TEXT_BYTES: Final = 12 << 20

NO_REPORT: Final = "This is no journal report."
NO_ENVELOPE: Final = "The journal report names neither a sender nor a recipient."
NO_MESSAGE: Final = "The journal report holds no message."
TNEF: Final = "The journal report holds the message as TNEF, from which its bytes cannot be had."
TOO_MANY: Final = (
    f"The journal report names more than {MOST_ADDRESSES} addresses, or holds over {MOST_MESSAGES} messages."
)
TOO_LONG: Final = "The text of the journal report is too long, or names an address that is."
UNDECODED: Final = "The message in the journal report is encoded and cannot be decoded."

_MARK: Final = re.compile(rb"^x-ms-journal-report[ \t]*:", re.IGNORECASE | re.MULTILINE)


def is_report(body: Body) -> bool:
    """Whether it says that it is one."""
    return _MARK.search(body[: min(headers.head_end(body), headers.HEADER_BYTES)]) is not None


def unwrap(body: Body) -> list[Journalled]:
    """The messages in a report, each with the envelope it tells; the report itself, with its problem, when it is none
    or cannot be understood. Raises NoSpace when a large message finds no room on the temporary disk."""
    found = parts(body)
    texts = [part for part in found if _is(part, b"text/plain") or not part.type]
    messages = [part for part in found if _is(part, b"message/rfc822") or _is(part, b"message/global")]
    told = _told(body, texts)
    # What says nothing must look like one wholly: whoever forwards mail as an attachment writes addresses above it.
    if not is_report(body) and not (messages and told.plain and told.sender and told.recipients):
        return [Journalled(body, problem=NO_REPORT, wrapped=True)]
    problem = _problem(told, found, messages)
    inner = [] if problem else [one for part in messages if (one := _content(body, part)) is not None]
    if problem or len(inner) < len(messages):
        told = _bounded(told)
        return [Journalled(body, told.sender, told.recipients, told.authors, (), problem or UNDECODED, wrapped=True)]
    return [Journalled(one, told.sender, told.recipients, told.authors) for one in inner]


def _problem(told: Told, found: list[Part], messages: list[Part]) -> str:
    if told.cut or told.longest > MOST_ADDRESS_CHARS:
        return TOO_LONG
    if told.count > MOST_ADDRESSES or len(messages) > MOST_MESSAGES:
        return TOO_MANY
    if not messages:
        return TNEF if any(_is(part, b"application/ms-tnef") for part in found) else NO_MESSAGE
    return "" if told.sender or told.recipients or told.authors else NO_ENVELOPE


def _told(body: Body, texts: list[Part]) -> Told:
    if not texts:
        return Told()
    part = texts[0]
    raw = bytes(body[part.text : min(part.end, part.text + TEXT_BYTES)])
    decoded = _decoded(raw, part.encoding)
    text = charset.decode(decoded or b"", headers.charset_of(part.type.decode("latin-1")))
    return read(text, cut=part.end - part.text > TEXT_BYTES)


def _content(body: Body, part: Part) -> Body | None:
    """The message as it was put in; None when its encoding is broken."""
    if part.encoding in (b"base64", b"quoted-printable"):
        return _decoded(bytes(body[part.text : part.end]), part.encoding)
    starts = range(part.text, part.end, CHUNK_BYTES)
    return spool(bytes(body[at : min(at + CHUNK_BYTES, part.end)]) for at in starts)


def _decoded(raw: bytes, encoding: bytes) -> bytes | None:
    if encoding == b"quoted-printable":
        return binascii.a2b_qp(raw)
    if encoding != b"base64":
        return raw
    try:
        return binascii.a2b_base64(b"".join(raw.split()), strict_mode=True)
    except binascii.Error:
        return None


def _bounded(told: Told) -> Told:
    """Of what is too much, as much as an envelope holds; the report that is kept has all of it."""
    return told if told.count <= MOST_ADDRESSES and told.longest <= MOST_ADDRESS_CHARS else told.first(MOST_ADDRESSES)


def _is(part: Part, kind: bytes) -> bool:
    return part.type == kind or part.type.startswith(kind + b";")
