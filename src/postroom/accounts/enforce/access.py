"""Who may write to an alias or a list: the `accesspolicy` of each."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Final

from postroom.accounts.addresses import without_extension
from postroom.accounts.enforce.checks import Moment
from postroom.accounts.enforce.directory import AliasPolicy, Directory, at_target
from postroom.accounts.enforce.request import RCPT, Request, domain_of

logger = logging.getLogger(__name__)

NOT_AUTHORIZED: Final = "REJECT Not authorized"


class Access:
    """Refuses recipients that the sender may not write to.

    The sender is known by the envelope's address and, when signed in, by the login too: either may be the one that is
    a member or moderator.
    """

    states = frozenset({RCPT})
    writes = frozenset[str]()

    def __init__(self, delimiters: str) -> None:
        self._delimiters = delimiters

    def answer(self, requests: Sequence[Request], moment: Moment) -> list[str | None]:
        return [self._one(request, moment.directory) for request in requests]

    def _one(self, request: Request, directory: Directory) -> str | None:
        if not directory.is_local_domain(domain_of(request.recipient)):
            return None
        for address in self._spellings(request.recipient, directory):
            if policy := directory.alias(address):
                return None if self._may(request, address, policy, directory) else NOT_AUTHORIZED
        return None

    def _spellings(self, recipient: str, directory: Directory) -> dict[str, None]:
        """Under which the alias may stand: as written, without extension, at the domain that an alias domain is of."""
        written = (recipient, without_extension(recipient, self._delimiters))
        return dict.fromkeys([*written, *(at_target(directory, one) for one in written)])

    def _may(self, request: Request, address: str, policy: AliasPolicy, directory: Directory) -> bool:
        # `list+subscribe@`, `list+bounces-…@`: the list's manager knows what to do with each.
        if policy.is_list and at_target(directory, request.recipient) != at_target(directory, address):
            return True
        senders = frozenset(self._senders(request, directory))
        domains = {domain_of(address), domain_of(request.recipient)}
        return may(policy, senders, domains)

    def _senders(self, request: Request, directory: Directory) -> Iterator[str]:
        for who in (request.sender, request.sasl_username):
            if "@" in who:
                plain = without_extension(who, self._delimiters)
                yield from (who, plain, at_target(directory, plain))


def may(policy: AliasPolicy, senders: frozenset[str], domains: set[str]) -> bool:
    """Whether one of the spellings of a sender satisfies the policy. `domains` are the names of the alias's domain.

    A sender in an alias domain is also given as one of the domain that it stands for. One without a domain is in none.
    """
    match policy.policy.lower():
        case "" | "public":
            return True
        case "domain":
            return _in(senders, domains) or _moderates(policy, senders)
        case "subdomain":
            return _in(senders, domains) or _below(senders, domains) or _moderates(policy, senders)
        case "membersonly":
            return bool(policy.members & senders)
        case "moderatorsonly" | "allowedonly":
            return _moderates(policy, senders)
        case "membersandmoderatorsonly":
            return bool(policy.members & senders) or _moderates(policy, senders)
        case unknown:
            # As if there were none: mail that nobody can send is noticed later than mail from too many.
            logger.warning("An access policy is not known and not applied.", extra={"policy": unknown})
            return True


def _in(senders: frozenset[str], domains: set[str]) -> bool:
    return any(domain_of(sender) in domains for sender in senders)


def _below(senders: frozenset[str], domains: set[str]) -> bool:
    return any(domain_of(sender).endswith(f".{domain}") for sender in senders for domain in domains)


def _moderates(policy: AliasPolicy, senders: frozenset[str]) -> bool:
    """A moderator `*@domain` is everybody of that domain."""
    return bool(policy.moderators & (senders | {f"*@{domain_of(sender)}" for sender in senders}))
