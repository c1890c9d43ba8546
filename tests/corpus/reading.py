"""What can be read in a message by the standard library alone: words to search for, found without our extraction.

Lenient: what this cannot decode for certain gives no words. It reads less than a mail program would, and what it reads
a person would read too.
"""

from __future__ import annotations

import email
import email.header
import email.policy
import html.parser
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from email.message import Message

_BETWEEN = re.compile(r"[\s!-/:-@\[-`{-~]+")
_UNSEEN = frozenset({"script", "style", "title", "noscript", "template", "svg", "object", "iframe", "math", "head"})
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "wbr"})
_INLINE = frozenset(
    {"a", "b", "i", "u", "s", "em", "strong", "font", "span", "small", "big", "tt", "code", "sup", "sub"}
)
LEAST_CHARS, MOST_CHARS = 4, 25


def readable(raw: bytes) -> dict[str, set[str]]:
    """Words by where they stand: subject, body, filename, attachment."""
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    found: dict[str, set[str]] = {"subject": set(words(header(_raw(message, "subject"))))}
    for part in _leaves(message):
        place = "attachment" if is_attached(part) else "body"
        found.setdefault(place, set()).update(words(_text(part)))
        found.setdefault("filename", set()).update(words(_name(part)))
    return found


def words(text: str) -> Iterator[str]:
    """Letters and digits between blanks and ASCII punctuation; not what holds anything else, or is long or short."""
    for word in _BETWEEN.split(unicodedata.normalize("NFC", text)):
        if LEAST_CHARS <= len(word) <= MOST_CHARS and word.isalnum() and not word.isdigit():
            yield word


def rarest(found: Iterable[str], seen: Counter[str]) -> str | None:
    """The word that fewest messages have, in any case."""
    return min(found, key=lambda word: (seen[word.casefold()], word), default=None)


def header(value: object) -> str:
    """A header field, raw bytes taken for UTF-8, encoded words decoded; '' when they or the bytes cannot be."""
    try:
        text = str(value or "").encode("utf-8", "surrogateescape").decode("utf-8")
        if "=?" in text and not text.isascii():
            return ""
        return str(email.header.make_header(email.header.decode_header(text)))
    except (LookupError, ValueError):  # an unknown charset, or base64 and bytes that are none
        return ""


def _raw(message: Message, name: str) -> str:
    """The first field of a name, its raw bytes as surrogates: `message[name]` replaces them."""
    return next((str(value) for key, value in message.raw_items() if key.lower() == name), "")


def is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(_name(part))


def _name(part: Message) -> str:
    try:
        return header(part.get_filename())
    except (LookupError, ValueError):
        return ""


def _leaves(message: Message) -> Iterator[Message]:
    """Parts without parts; of alternatives the first that is text."""
    if not message.is_multipart():
        yield message
        return
    children = [child for child in message.get_payload() if isinstance(child, Message)]
    if message.get_content_type() == "multipart/alternative":
        plain = [child for child in children if child.get_content_type() == "text/plain" and _text(child).strip()]
        children = plain[:1] or children
    for child in children:
        yield from _leaves(child)


def _text(part: Message) -> str:
    """The words of a text part whose charset is declared and right, or that is ASCII."""
    kind = part.get_content_type()
    if part.get_content_maintype() != "text" or kind == "text/rtf":
        return ""
    try:
        payload = part.get_payload(decode=True)
        raw = payload if isinstance(payload, bytes) else b""
        text = raw.decode(str(part.get_content_charset() or "ascii"))
    except (LookupError, ValueError):
        return ""
    return _visible(text) if kind == "text/html" else text


class _Visible(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._part(tag)
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._part(tag)
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def _part(self, tag: str) -> None:
        """Words on both sides of a tag are one when it is for looks only."""
        if tag not in _INLINE:
            self.pieces.append(" ")

    def handle_data(self, data: str) -> None:
        if not _UNSEEN.intersection(self._open):
            self.pieces.append(data)


def _visible(markup: str) -> str:
    """The text between tags that people see."""
    parser = _Visible()
    parser.feed(markup)
    return "".join(parser.pieces)
