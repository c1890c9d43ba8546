"""Throttles: how many messages, recipients and bytes a user or client may send and get in a period.

At RCPT recipients are only noted. At END-OF-MESSAGE all limits of the sender and of each local recipient are asked; a
message that passes is counted in the same transaction, one that is refused is not counted at all.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
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
    Counter,
    Kind,
    Limits,
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

    def answer(self, request: Request, moment: Moment) -> str | None:
        if request.state == RCPT:
            self._recipients.add(request.instance, request.recipient)
            return None
        if not moment.unit.has_iredapd:
            return None
        message = self._message(request)
        if message.count == 0 or self._is_trusted(message.client):
            return None
        return self._decide(message, tuple(self._passes(message, moment.directory)), moment)

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
        sent: Kind = "outbound" if message.authenticated or message.client in _LOCALHOST else "external"
        sender = at_target(directory, message.sender)
        yield Pass(sent, candidates(message.sender, sender, message.client), message.count)
        if message.authenticated and self._settings.skip_inbound_authenticated:
            return
        for recipient in message.recipients:
            if directory.is_local_domain(domain_of(recipient)):
                plain = without_extension(recipient, self._delimiters)
                yield Pass("inbound", candidates(plain, at_target(directory, plain), message.client), 1)

    def _decide(self, message: Message, passes: Sequence[Pass], moment: Moment) -> str | None:
        accounts = [candidate.account for one in passes for candidate in one.candidates]
        settings = self._counters.settings(moment.unit.iredapd, accounts)
        held = [(limits(one.kind, one.candidates, settings), one.recipients) for one in passes] if settings else []
        return _too_big(message, [one for one, _ in held]) or self._count(message, charges(held), moment)

    def _count(self, message: Message, charged: Sequence[Charge], moment: Moment) -> str | None:
        if not charged:
            return None
        connection, now = moment.unit.iredapd, moment.now
        counters = self._counters.locked(connection, charged)
        pairs = list(zip(charged, counters, strict=True))
        for charge, counter in pairs:
            if charge.refused(counter, now):
                self._tell_once(charge, counter, moment)
                return EXCEEDED
        self._counters.count(connection, pairs, message.size_bytes, now)
        return None

    def _tell_once(self, charge: Charge, counter: Counter, moment: Moment) -> None:
        """One line in the log for each window, however much is refused in it."""
        if counter.last_notify_time > counter.init_time:
            return
        self._counters.notified(moment.unit.iredapd, counter, moment.now)
        facts = {"who": charge.who, "account": charge.setting.account, "kind": charge.setting.kind}
        logger.warning("A throttle is reached.", extra=facts)


def _too_big(message: Message, held: Sequence[Limits]) -> str | None:
    """What one message may not be, whatever was sent before."""
    for one in held:
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
