"""Throttles: how many messages, recipients and bytes a user or client may send and get in a period.

At RCPT recipients are only noted. At END-OF-MESSAGE all limits of the sender and of each local recipient are asked; a
message that passes is counted in the same transaction, one that is refused is not counted at all.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final

from postroom.accounts.addresses import without_extension
from postroom.accounts.enforce.checks import Moment
from postroom.accounts.enforce.counters import Counters
from postroom.accounts.enforce.directory import Directory, at_target
from postroom.accounts.enforce.limits import (
    EXCEEDED,
    TOO_LARGE,
    TOO_MANY_RECIPIENTS,
    Charge,
    Kind,
    Limits,
    Setting,
    Tally,
    charges,
    limits,
)
from postroom.accounts.enforce.recipients import Recipients
from postroom.accounts.enforce.request import END_OF_MESSAGE, RCPT, Request, domain_of
from postroom.accounts.enforce.who import Candidate, candidates
from postroom.errors import Invalid
from postroom.settings import Policy

logger = logging.getLogger(__name__)

_LOCALHOST: Final = frozenset({"127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Message:
    """A message as throttles see it. `recipients` are those known by name, `count` is how many there are."""

    sender: str
    client: str
    authenticated: bool
    size_bytes: int
    recipients: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Pass:
    """One look at a message: as something sent, or as something that one recipient gets."""

    kind: Kind
    candidates: tuple[Candidate, ...]
    recipients: int


class Throttle:
    """The last check of its states: what it lets pass is counted as let pass."""

    states = frozenset({RCPT, END_OF_MESSAGE})
    writes = frozenset({END_OF_MESSAGE})

    def __init__(self, settings: Policy, delimiters: str, recipients: Recipients | None = None) -> None:
        """Raises Invalid when `policy.networks` has something that is none."""
        self._settings, self._delimiters = settings, delimiters
        self._recipients = Recipients() if recipients is None else recipients
        self._counters = Counters()
        self._trusted = tuple(map(_network, settings.networks)) if settings.skip_networks else ()

    def answer(self, requests: Sequence[Request], moment: Moment) -> list[str | None]:
        for request in requests:
            if request.state == RCPT:
                self._recipients.add(request.instance, request.recipient)
        ends = [n for n, request in enumerate(requests) if request.state == END_OF_MESSAGE]
        if not ends or not moment.unit.has_iredapd:
            return [None] * len(requests)
        answers = dict(zip(ends, self._at_end([requests[n] for n in ends], moment), strict=True))
        return [answers.get(n) for n in range(len(requests))]

    def _at_end(self, requests: Sequence[Request], moment: Moment) -> list[str | None]:
        """One question for all settings and one for all counters; then the messages one after the other."""
        messages = [self._message(request) for request in requests]
        passes = [tuple(self._passes(message, moment.directory)) for message in messages]
        settings = self._settings_of(passes, moment)
        held = [[(limits(one.kind, one.candidates, settings), one.recipients) for one in some] for some in passes]
        refused = [_too_big(message, some) for message, some in zip(messages, held, strict=True)]
        charged = [[] if no else charges(some) for no, some in zip(refused, held, strict=True)]
        tallies = self._locked(charged, moment)
        answers = [
            no or _count(message, some, tallies) for message, no, some in zip(messages, refused, charged, strict=True)
        ]
        if tallies:
            self._counters.write(moment.unit.iredapd, tallies.values(), moment.now)
        return answers

    def _settings_of(self, passes: Sequence[Sequence[Pass]], moment: Moment) -> Mapping[tuple[str, str], Setting]:
        accounts = {candidate.account for some in passes for one in some for candidate in one.candidates}
        return self._counters.settings(moment.unit.iredapd, accounts)

    def _locked(self, charged: Sequence[Sequence[Charge]], moment: Moment) -> Mapping[tuple[int, str], Tally]:
        wanted = [charge for some in charged for charge in some]
        return self._counters.locked(moment.unit.iredapd, wanted, moment.now) if wanted else {}

    def _message(self, request: Request) -> Message:
        """Recipients of the sender's own domain are left out, if they shall be."""
        sender = request.sasl_username or without_extension(request.sender, self._delimiters)
        known = self._recipients.of(request.instance) or tuple(filter(None, [request.recipient]))
        # One recipient alone is named. The others that asked to be one were refused later on.
        known = (request.recipient,) if request.recipient and request.recipient_count == 1 else known
        far = tuple(one for one in known if not self._are_neighbours(sender, one))
        total = request.recipient_count or len(known)
        # After a restart fewer may be known than there are, after a refusal more.
        count = max(0, min(total - (len(known) - len(far)), total)) if total > len(known) else min(len(far), total)
        return Message(sender, request.client_address, request.authenticated, request.size, far, count)

    def _are_neighbours(self, sender: str, recipient: str) -> bool:
        domain = domain_of(sender)
        return self._settings.skip_same_domain and bool(domain) and domain == domain_of(recipient)

    def _is_trusted(self, client: str) -> bool:
        return bool(client) and any(ip_address(client) in network for network in self._trusted)

    def _passes(self, message: Message, directory: Directory) -> Iterator[Pass]:
        if message.count == 0 or self._is_trusted(message.client):
            return
        sent: Kind = "outbound" if message.authenticated or message.client in _LOCALHOST else "external"
        sender = at_target(directory, message.sender)
        yield Pass(sent, candidates(message.sender, sender, message.client), message.count)
        if message.authenticated and self._settings.skip_inbound_authenticated:
            return
        for recipient in message.recipients:
            if directory.is_local_domain(domain_of(recipient)):
                plain = without_extension(recipient, self._delimiters)
                yield Pass("inbound", candidates(plain, at_target(directory, plain), message.client), 1)


def _count(message: Message, charged: Sequence[Charge], tallies: Mapping[tuple[int, str], Tally]) -> str | None:
    """Add the message to all its counters, or to none when one of them is full."""
    for charge in charged:
        if charge.refused(tallies[charge.key]):
            _tell_once(charge, tallies[charge.key])
            return EXCEEDED
    for charge in charged:
        tallies[charge.key].add(charge.messages, message.size_bytes)
    return None


def _tell_once(charge: Charge, tally: Tally) -> None:
    """One line in the log for each window, however much is refused in it."""
    # A burst fills a window in the second in which it begins; the window before ended in an earlier one.
    if tally.notified or tally.counter.last_notify_time >= tally.counter.init_time:
        return
    tally.notified = True
    facts = {"who": charge.who, "account": charge.setting.account, "kind": charge.setting.kind}
    logger.warning("A throttle is reached.", extra=facts)


def _too_big(message: Message, held: Sequence[tuple[Limits, int]]) -> str | None:
    """What one message may not be, whatever was sent before."""
    for one, _ in held:
        if one.msg_size and message.size_bytes > one.msg_size.most:
            return TOO_LARGE
        if one.max_rcpts and message.count > one.max_rcpts.most:
            return TOO_MANY_RECIPIENTS
    return None


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError as error:
        raise Invalid("policy.networks", f"IP addresses and networks, not {text!r}") from error
