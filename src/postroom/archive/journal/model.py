"""What the journal knows of a message: its bytes, who sent it, who got it and by which way."""

from __future__ import annotations

from dataclasses import dataclass

from postroom.archive.body import Body

MOST_ADDRESSES = 20_000
"""Of one message. Its envelope stands in the meta of one entry, and that in one block (docs/format.md §2)."""
MOST_ADDRESS_CHARS = 512


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who got it. `via`: lists it was expanded from, and who forwarded it."""

    address: str
    via: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Journalled:
    """One message with its envelope. `sender` is '' for the null sender and where nothing tells.

    `authors` are those on whose behalf it was sent. `readers` are further addresses whose archives it goes to, found in
    its header: they are no envelope. `problem` tells what could not be understood. `wrapped`: the bytes are those of
    the report, which tells the whole envelope to whoever reads it.
    """

    body: Body
    sender: str = ""
    recipients: tuple[Recipient, ...] = ()
    authors: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    problem: str = ""
    wrapped: bool = False
