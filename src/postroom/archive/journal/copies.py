"""Copies that mail servers send to an address of the journal: whom the message was for.

Who copies by `always_bcc` tells nothing but the header. Who copies each recipient tells it in the address:
`journal+bob=example.com@archive.example.com` stands for bob@example.com.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from postroom.archive.body import Body
from postroom.archive.extract import headers
from postroom.archive.instance.identifiers import name_key
from postroom.archive.journal.addresses import addresses
from postroom.archive.journal.model import MOST_ADDRESS_CHARS, MOST_ADDRESSES, Journalled, Recipient

HEADER_TOO_LONG: Final = "The header is too long for everyone in it to be found."
_ENVELOPE: Final = frozenset({"x-envelope-to", "envelope-to", "x-original-to", "delivered-to", "x-rcpt-to"})
_READERS: Final = frozenset(
    {"from", "sender", "to", "cc", "bcc", "resent-from", "resent-to", "resent-cc", "resent-bcc", "x-forwarded-to"}
)
_SENDER: Final = ("x-envelope-from", "x-envelope-sender", "return-path")
_HEADER_CHARS: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Addressed:
    """The recipients of one delivery. `copy` and `report`: it went to an address of the journal of that kind."""

    recipients: tuple[str, ...]
    copy: bool = False
    report: bool = False


def addressed(given: Sequence[str], copies: Sequence[str], reports: Sequence[str]) -> Addressed:
    """Who is meant by the recipients that a server names; the journal's own addresses are nobody."""
    for_copies, for_reports = frozenset(map(name_key, copies)), frozenset(map(name_key, reports))
    found: dict[str, None] = {}
    copy = report = False
    for address in given:
        own, meant = _own_and_meant(address)
        if name_key(address) in for_reports:
            report = True
        elif name_key(own) in for_copies:
            copy = True
            found.update({meant: None} if meant else {})
        else:
            found[address] = None
    return Addressed(tuple(found), copy, report)


def _own_and_meant(address: str) -> tuple[str, str]:
    """`journal+bob=x.org@y.org` is journal@y.org and bob@x.org; any other address is itself, and ''."""
    local, _, domain = address.rpartition("@")
    own, mark, meant = local.partition("+")
    name, equals, of = meant.rpartition("=")
    if not (own and mark and name and equals and of):
        return address, ""
    return f"{own}@{domain}", f"{name}@{of}"


def from_header(body: Body, sender: str, own: Sequence[str] = ()) -> Journalled:
    """A copy of which only the header tells whom it was for. `own`: addresses that are nobody's."""
    every = headers.every(body, _HEADER_CHARS)
    nobody = frozenset(map(name_key, own))

    def named(fields: frozenset[str]) -> list[str]:
        text = "\n".join(value for name, value in every if name.lower() in fields)
        return [one for one in addresses(text) if len(one) <= MOST_ADDRESS_CHARS and name_key(one) not in nobody]

    long = headers.head_end(body) > headers.HEADER_BYTES
    if not sender:
        values = {name.lower(): value for name, value in reversed(every)}
        sender = next((found[0] for name in _SENDER if (found := addresses(values.get(name, "")))), "")
    recipients = tuple(Recipient(one) for one in named(_ENVELOPE)[:MOST_ADDRESSES])
    readers = tuple(named(_READERS)[:MOST_ADDRESSES])
    return Journalled(body, sender, recipients, readers=readers, problem=HEADER_TOO_LONG if long else "")
