"""Domains: facts for rules, and changes of the entry and of what belongs to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

from sqlalchemy import Connection

from postroom.accounts.backends.ldap import (
    account_settings,
    alias_domains,
    catchall,
    domain_changes,
    mailboxes,
    managers,
    members,
    references,
    who,
)
from postroom.accounts.backends.ldap.account_settings import ATTRIBUTE, UNFINISHED
from postroom.accounts.backends.ldap.base import DISABLED, ENABLED, PARTS, SERVICES, Ldap, status
from postroom.accounts.backends.ldap.errors import NotEmpty
from postroom.accounts.backends.ldap.filters import USER
from postroom.accounts.backends.ldap.names import UNITS, USERS, Node
from postroom.accounts.backends.ldap.store import ALL, Entry, Mod, become, chunks, put, remove
from postroom.accounts.backends.ldap.user_changes import MIB
from postroom.accounts.model import DomainChange, DomainFacts, Kept, Unset, given
from postroom.errors import AlreadyExists, Unavailable

KEPT_AT_ONCE = 500
DELETE_TRIES = 5


def facts(ldap: Ldap, name: str) -> DomainFacts:
    """What rules ask. Raises NotFound."""
    entry = ldap.domain(name)
    settings = account_settings.texts(entry)
    return DomainFacts(
        name=entry.first("domainName").lower(),
        active=entry.first("accountStatus").lower() == ENABLED,
        backup_mx=entry.first(domain_changes.BACKUP_MX).lower() == "yes",
        quota_mb=settings.get_int("domain_quota"),
        default_quota_mb=settings.get_int("default_user_quota"),
        max_user_quota_mb=settings.get_int("max_user_quota"),
        max_users=settings.get_int("number_of_users"),
        max_aliases=settings.get_int("number_of_aliases"),
        max_lists=settings.get_int("number_of_lists"),
        min_password=settings.get_int("min_passwd_length"),
        max_password=settings.get_int("max_passwd_length"),
        language=entry.first("preferredLanguage"),
        disabled_domain_profiles=frozenset(settings.get_list("disabled_domain_profiles")),
        disabled_user_profiles=frozenset(settings.get_list("disabled_user_profiles")),
        disabled_mail_services=settings.get_list("disabled_mail_services"),
        default_groups=(*settings.get_list("default_groups"), *settings.get_list("default_mailing_lists")),
    )


def allocated_mb(ldap: Ldap, name: str, *, without: str) -> int:
    """The quotas of all users together, but for one. Raises NotFound."""
    ldap.domain(name)
    found = ldap.store.find(ldap.tree.unit(name, USERS).dn, USER, ("mail", "mailQuota"), scope="LEVEL")
    counted = (entry.first("mailQuota") for entry in found if entry.first("mail").lower() != without)
    return sum(int(size) for size in counted if size) // MIB


def services(ldap: Ldap, name: str) -> tuple[str, ...]:
    """What is switched on for the domain, sorted. Raises NotFound."""
    return tuple(sorted(ldap.domain(name).all(SERVICES)))


def create(ldap: Ldap, name: str, change: DomainChange, *, admin: str | None, usual_transport: str) -> None:
    """Raises AlreadyExists, Invalid. Nobody sees the domain before all of it is there; a repeat completes it."""
    node = ldap.tree.domain(name)
    if who.hosted(ldap, name):
        raise AlreadyExists("domain", name)
    _begin(ldap, node)
    for unit in UNITS:
        _add_if_missing(ldap, ldap.tree.unit(name, unit), {"objectClass": ("organizationalUnit",), "ou": (unit,)})
    if ldap.store.dry_run:
        domain_changes.mods(Entry(node.dn, {}), change, usual_transport)
        return
    admins = () if admin is None else (admin,)
    with ldap.people.hold(admins):
        managers.mark(ldap, admins)
        ldap.store.change(node, lambda entry: _finished(entry, change, admins, usual_transport))
    if who.hosts(ldap, name) - {name}:
        delete_tree(ldap, node)
        raise AlreadyExists("domain", name)
    _change_rest(ldap, name, change)


def _begin(ldap: Ldap, node: Node) -> None:
    values = {
        "objectClass": ("mailDomain",),
        "domainName": (node.name,),
        "accountStatus": (DISABLED,),
        ATTRIBUTE: (UNFINISHED,),
        SERVICES: ("mail",),
        **{counter: ("0",) for _, _, counter in PARTS.values()},
    }
    _add_if_missing(ldap, node, values)


def _add_if_missing(ldap: Ldap, node: Node, values: Mapping[str, tuple[str, ...]]) -> None:
    if not ldap.store.dry_run:
        with suppress(AlreadyExists):
            ldap.store.add(node, values)


def _finished(entry: Entry, change: DomainChange, admins: tuple[str, ...], usual_transport: str) -> list[Mod]:
    if UNFINISHED not in entry.all(ATTRIBUTE):  # somebody else makes it at the same moment
        raise AlreadyExists("domain", entry.first("domainName"))
    mods = domain_changes.mods(entry, change, usual_transport)
    if not any(mod.attribute == domain_changes.TRANSPORT for mod in mods):
        mods += put(domain_changes.TRANSPORT, usual_transport)
    rights = become(entry, "domainAdmin", admins)
    opened = put("accountStatus", status(given(change.active, True)))
    return [*mods, *rights, *opened, *remove(ATTRIBUTE, [UNFINISHED])]


def change(ldap: Ldap, name: str, change: DomainChange, *, usual_transport: str) -> None:
    """Raises NotFound, AlreadyExists for a further name, Invalid."""
    ldap.domain(name)
    ldap.store.change(ldap.tree.domain(name), lambda entry: domain_changes.mods(entry, change, usual_transport))
    # Also when it had the status before: a repeat completes what was cut.
    if not isinstance(change.active, Unset):
        members.spread_status(ldap, name, enabled=change.active)
    _change_rest(ldap, name, change)


def _change_rest(ldap: Ldap, name: str, change: DomainChange) -> None:
    if change.alias_domains:
        alias_domains.change(ldap, name, change.alias_domains)
    if not isinstance(change.catchall, Unset):
        catchall.change(ldap, name, change.catchall)


def delete(ldap: Ldap, connection: Connection, name: str, kept: Kept) -> None:
    """With all accounts in it and everything that points into it. The entry goes last: a repeat completes it."""
    node = ldap.tree.domain(name)
    entry = ldap.store.read(node)
    if entry is None:
        return
    for user in _users(ldap, name):
        mailboxes.keep(connection, [user], kept)
        mailboxes.forget(connection, user.first("mail").lower())
    # From now on no mail comes in for what is about to go.
    ldap.store.modify(node, put("accountStatus", DISABLED))
    references.remove_domain(ldap, (name, *entry.lower(alias_domains.NAMES)), outside=node.dn)
    admins = entry.lower("domainAdmin")
    ldap.store.change(node, lambda found: become(found, "domainAdmin", ()))
    managers.unmark(ldap, admins)
    delete_tree(ldap, node)


def _users(ldap: Ldap, name: str) -> Iterator[Entry]:
    base = ldap.tree.unit(name, USERS).dn
    names = (entry.first("mail") for entry in ldap.store.find(base, USER, ("mail",), scope="LEVEL"))
    for chunk in chunks(names, KEPT_AT_ONCE):
        yield from ldap.store.among(base, "mail", chunk, USER, ALL)


def delete_tree(ldap: Ldap, node: Node) -> None:
    """The entry and all below it, the lowest first. Raises Unavailable when others make accounts faster."""
    for _ in range(DELETE_TRIES):
        found = sorted((entry.dn for entry in ldap.store.find(node.dn, "(objectClass=*)")), key=_depth, reverse=True)
        try:
            for dn in found:
                ldap.store.delete(Node(node.kind, node.name, dn))
        except NotEmpty:
            continue
        return
    raise Unavailable(f"Somebody makes accounts in the {node.kind} {node.name!r} while it is deleted. Try again.")


def _depth(dn: str) -> int:
    # Commas inside of values are escaped, and do not matter here: they are in whole levels.
    return dn.count(",") - dn.count("\\,")
