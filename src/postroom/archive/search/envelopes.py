"""The envelopes of journaled mail as words: who is in them and not in the header is found as sender or blind copy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

from postroom.archive.extract import Extracted
from postroom.archive.storage.entries import Envelope

_ADDRESS: Final = re.compile(r"[^\s<>()\[\],;:\"]+@[^\s<>()\[\],;:\"]+")


def with_envelopes(words: Extracted, envelopes: Sequence[Envelope]) -> Extracted:
    """`from:` finds senders, `bcc:` recipients and others that the header does not name."""
    named = _addresses(words.sender, words.to, words.cc, words.bcc)
    senders = _unsaid((envelope.f for envelope in envelopes), _addresses(words.sender))
    others = _unsaid((one for envelope in envelopes for one in (*envelope.t, *envelope.o)), named)
    return replace(words, sender=_joined(words.sender, senders), bcc=_joined(words.bcc, others))


def _addresses(*texts: str) -> frozenset[str]:
    return frozenset(one.casefold() for text in texts for one in _ADDRESS.findall(text))


def _unsaid(addresses: Iterable[str], said: AbstractSet[str]) -> list[str]:
    """Each once, without those that are said."""
    return [one for one in dict.fromkeys(addresses) if one and one.casefold() not in said]


def _joined(text: str, more: Sequence[str]) -> str:
    return ", ".join(([text] if text else []) + list(more))
