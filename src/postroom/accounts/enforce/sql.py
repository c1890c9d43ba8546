"""What the checks ask, answered from the SQL database `vmail`."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, literal, select, union_all

from postroom.accounts.database.connect import Unit
from postroom.accounts.database.prepared import Prepared
from postroom.accounts.database.tables import vmail
from postroom.accounts.enforce.directory import AliasPolicy

_WITH_MODERATORS: Final = frozenset(
    {"domain", "subdomain", "moderatorsonly", "allowedonly", "membersandmoderatorsonly"}
)
_WITH_MEMBERS: Final = frozenset({"membersonly", "membersandmoderatorsonly"})
_OF_LISTS: Final = frozenset({"domain", "subdomain"})
"""What is asked of a list here; the rest its manager asks itself, which alone knows the subscribers."""

# One row for each that is there: empty for a domain, its target for an alias domain.
_DOMAIN: Final = Prepared(
    union_all(
        select(literal("").label("target")).where(
            vmail.domain.c.domain == bindparam("name"), vmail.domain.c.active == 1
        ),
        select(vmail.alias_domain.c.target_domain).where(
            vmail.alias_domain.c.alias_domain == bindparam("name"), vmail.alias_domain.c.active == 1
        ),
    )
)
_ALIAS: Final = Prepared(
    union_all(
        select(vmail.alias.c.accesspolicy, literal(0).label("is_list")).where(
            vmail.alias.c.address == bindparam("address"), vmail.alias.c.active == 1
        ),
        select(vmail.maillists.c.accesspolicy, literal(1)).where(
            vmail.maillists.c.address == bindparam("address"), vmail.maillists.c.active == 1
        ),
    )
)
_MODERATORS: Final = Prepared(
    select(vmail.moderators.c.moderator).where(vmail.moderators.c.address == bindparam("address"))
)
_OWNERS: Final = Prepared(
    select(vmail.maillist_owners.c.owner).where(vmail.maillist_owners.c.address == bindparam("address"))
)
_MEMBERS: Final = Prepared(
    select(vmail.forwardings.c.forwarding).where(
        vmail.forwardings.c.address == bindparam("address"),
        vmail.forwardings.c.is_list == 1,
        vmail.forwardings.c.active == 1,
    )
)


class SqlDirectory:
    """Reads in the caller's transaction; what it knows of domains it remembers for as long."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._domains: dict[str, tuple[str, ...]] = {}

    def is_local_domain(self, domain: str) -> bool:
        return bool(self._targets(domain))

    def target_domain(self, alias_domain: str) -> str | None:
        # A name should not be both. If it is, Postfix finds the domain first.
        targets = self._targets(alias_domain)
        return targets[0] if targets and "" not in targets else None

    def alias(self, address: str) -> AliasPolicy | None:
        rows = _ALIAS.rows(self._unit.vmail, {"address": address})
        if not rows:
            return None
        policy, is_list = rows[0][0].lower(), bool(rows[0][1])
        if is_list and policy not in _OF_LISTS:
            policy = ""
        moderators = self._names(_MODERATORS, address) if policy in _WITH_MODERATORS else frozenset[str]()
        if is_list and policy:
            moderators |= self._names(_OWNERS, address)
        members = self._names(_MEMBERS, address) if policy in _WITH_MEMBERS else frozenset[str]()
        return AliasPolicy(policy, members, moderators, is_list)

    def _targets(self, domain: str) -> tuple[str, ...]:
        if domain not in self._domains:
            rows = _DOMAIN.rows(self._unit.vmail, {"name": domain})
            self._domains[domain] = tuple(row[0].lower() for row in rows) if domain else ()
        return self._domains[domain]

    def _names(self, statement: Prepared, address: str) -> frozenset[str]:
        return frozenset(row[0].lower() for row in statement.rows(self._unit.vmail, {"address": address}))
