"""Limits: how many accounts and how much quota a domain may have, and what a creator may hand out.

Numbers are 0 for unlimited and -1 for none; quotas are in MB.
"""

from __future__ import annotations

from postroom.accounts.errors import Limit, LimitReached, NotAllowed, QuotaTooLarge, Scope
from postroom.accounts.model import Counted, CreatorLimits, DomainChange, DomainFacts, Unset, given
from postroom.accounts.services.core import Work

_COUNTED: dict[Counted, Limit] = {"users": "users", "aliases": "aliases", "lists": "lists"}


def room(work: Work, facts: DomainFacts, what: Counted) -> None:
    """Raises NotAllowed, or LimitReached when one more account does not fit. Counts only where there is a limit."""
    most = {"users": facts.max_users, "aliases": facts.max_aliases, "lists": facts.max_lists}[what]
    if most < 0:
        raise NotAllowed(_COUNTED[what], "domain")
    if most and work.directory.count(facts.name, what) >= most:
        raise LimitReached(_COUNTED[what], "domain")


def quota(work: Work, facts: DomainFacts, asked_mb: int | Unset, *, of: str = "") -> None:
    """Whether a user (an existing one: `of`) may have this quota, or the domain's default. Raises QuotaTooLarge.

    An unlimited mailbox does not fit where the domain, or its users, are limited.
    """
    quota_mb, by_default = given(asked_mb, facts.default_quota_mb), isinstance(asked_mb, Unset)
    most_mb = facts.max_user_quota_mb
    if most_mb and not 0 < quota_mb <= most_mb:
        raise QuotaTooLarge(quota_mb, most_mb, "maxUserQuota", by_default=by_default)
    if facts.quota_mb:
        left_mb = max(0, facts.quota_mb - work.directory.allocated_mb(facts.name, without=of))
        if not 0 < quota_mb <= left_mb:
            raise QuotaTooLarge(quota_mb, left_mb, "quota", by_default=by_default)


def new_domain(work: Work, change: DomainChange) -> None:
    """Whether a creator may have one more domain of this size. Raises NotAllowed, LimitReached."""
    limits = work.by.creator
    if work.by.global_admin or limits is None:
        return
    have = work.directory.created_by(work.by.address)
    _fits("domains", "admin", limits.domains, len(have), 1)
    if any((limits.quota_mb, limits.users, limits.aliases, limits.lists)):
        _shares(limits, [work.directory.facts(name) for name in have], change)


def _shares(limits: CreatorLimits, have: list[DomainFacts], change: DomainChange) -> None:
    _share("quota", limits.quota_mb, [facts.quota_mb for facts in have], given(change.quota_mb, 0))
    _share("users", limits.users, [facts.max_users for facts in have], given(change.max_users, 0))
    _share("aliases", limits.aliases, [facts.max_aliases for facts in have], given(change.max_aliases, 0))
    _share("lists", limits.lists, [facts.max_lists for facts in have], given(change.max_lists, 0))


def _share(limit: Limit, most: int, have: list[int], wanted: int) -> None:
    """A limited admin cannot hand out what is unlimited (0); none at all (-1) takes nothing."""
    if most == 0 or wanted < 0:
        return
    if wanted == 0 or 0 in have:
        raise NotAllowed(limit, "admin") if most < 0 else LimitReached(limit, "admin")
    _fits(limit, "admin", most, sum(max(0, number) for number in have), wanted)


def _fits(limit: Limit, scope: Scope, most: int, have: int, more: int) -> None:
    if most < 0:
        raise NotAllowed(limit, scope)
    if most and have + more > most:
        raise LimitReached(limit, scope)
