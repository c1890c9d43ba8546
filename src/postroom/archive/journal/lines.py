"""The text of a journal report: a line for each fact, `Bcc: bob@example.com, Expanded: staff@example.com`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from postroom.archive.journal.addresses import is_address, words
from postroom.archive.journal.model import MOST_ADDRESS_CHARS, Recipient

_LINE: Final = re.compile(r"[ \t]*([A-Za-z][A-Za-z-]{0,30})[ \t]*:(.*)", re.DOTALL)
_RECIPIENTS: Final = frozenset({"to", "cc", "bcc", "recipient", "recipients", "resent-to", "resent-cc", "resent-bcc"})
_VIA: Final = ("expanded:", "forwarded:")
_OTHERS: Final = frozenset({"sender", "on-behalf-of", "subject", "message-id", "expanded", "forwarded", "label"})


@dataclass(frozen=True)
class Told:
    """What the text tells. `plain`: and nothing else. `cut`: some of it was not read."""

    sender: str = ""
    recipients: tuple[Recipient, ...] = ()
    authors: tuple[str, ...] = ()
    plain: bool = False
    cut: bool = False

    @cached_property
    def count(self) -> int:
        return 1 + len(self.authors) + sum(1 + len(one.via) for one in self.recipients)

    @cached_property
    def longest(self) -> int:
        return max(map(len, self._all()), default=0)

    def first(self, most: int) -> Told:
        """Recipients up to about `most` addresses; none whose address is too long to be kept."""
        kept: list[Recipient] = []
        room = most
        for one in self.recipients:
            room -= 1 + len(one.via)
            if room > 0 and max(map(len, (one.address, *one.via))) <= MOST_ADDRESS_CHARS:
                kept.append(one)
        sender, *authors = (one if len(one) <= MOST_ADDRESS_CHARS else "" for one in (self.sender, *self.authors))
        return Told(sender, tuple(kept), tuple(filter(None, authors[: max(room, 0)])), self.plain, cut=True)

    def _all(self) -> Iterator[str]:
        yield self.sender
        yield from self.authors
        for one in self.recipients:
            yield one.address
            yield from one.via


@dataclass
class _Reading:
    sender: str = ""
    authors: dict[str, None] = field(default_factory=dict)
    recipients: dict[str, list[str]] = field(default_factory=dict)
    last: str = ""
    plain: bool = True


def read(text: str, *, cut: bool = False) -> Told:
    """The facts of a text; lines that are none are passed over, as is the subject, whatever it says."""
    reading = _Reading()
    for line in _unfolded(text):
        match = _LINE.fullmatch(line)
        if match is not None:
            _take(reading, match[1].lower(), match[2])
        elif line.strip():
            reading.plain = False
    recipients = tuple(Recipient(one, tuple(dict.fromkeys(via))) for one, via in reading.recipients.items())
    return Told(reading.sender, recipients, tuple(reading.authors), reading.plain, cut)


def _unfolded(text: str) -> Iterator[str]:
    """Lines; one that begins with a blank goes on with the line before."""
    pending: list[str] = []
    for line in text.split("\n"):
        if pending and not line.startswith((" ", "\t")):
            yield "".join(pending)
            pending.clear()
        pending.append(line)
    yield "".join(pending)


def _take(reading: _Reading, name: str, value: str) -> None:
    if name == "sender":
        reading.sender = reading.sender or next(filter(is_address, words(value)), "")
    elif name == "on-behalf-of":
        reading.authors.update(dict.fromkeys(filter(is_address, words(value))))
    elif name in _RECIPIENTS:
        _recipients(reading, value)
    elif f"{name}:" in _VIA and reading.last:
        reading.recipients[reading.last] += filter(is_address, words(value))
    elif name not in _OTHERS:
        reading.plain = False


def _recipients(reading: _Reading, value: str) -> None:
    """`Expanded:` and `Forwarded:` tell the way by which the recipient before them got it."""
    via = False
    for word in words(value):
        lowered = word.lower()
        if lowered.startswith(_VIA):
            via, word = True, word.partition(":")[2]
        if not is_address(word):
            continue
        if via and reading.last:
            reading.recipients[reading.last].append(word)
        else:
            reading.last = word
            reading.recipients.setdefault(word, [])
        via = False
