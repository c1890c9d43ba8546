"""The check of `postroom doctor` that is about accounts: databases, directory, stored settings, the first admin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from postroom.cli.account_initdb import bare, sqlite_file
from postroom.cli.checks import Finding
from postroom.errors import PostroomError
from postroom.home import Home
from postroom.settings import Settings

if TYPE_CHECKING:
    from postroom.accounts.backends.ldap.backend import LdapBackend
    from postroom.accounts.database.connect import Databases
    from postroom.accounts.directory import Backend

CHECK: Final = "accounts"
FIRST_ADMIN: Final = "postroom account admin create ADDRESS --global"
NO_ADMIN: Final = f"nobody may sign in to the API yet. Make the first admin: `{FIRST_ADMIN}`."
NO_USER: Final = "make them with `postroom account domain create` and `postroom account user create`."


def accounts(home: Home, settings: Settings) -> Iterator[Finding]:
    """What the APIs on accounts need: iRedAdmin, policy, Graph, mail. Nothing is asked while all are off."""
    own = settings.accounts
    apis = (settings.iredadmin, settings.policy, settings.graph, settings.smtp)
    if not (any(api.enabled for api in apis) or own.backend != "sqlite"):
        return
    if own.backend == "sqlite" and not sqlite_file(own, home).exists():
        yield Finding(CHECK, "warning", f"none yet; {NO_ADMIN if settings.iredadmin.enabled else NO_USER}")
        return
    try:
        with bare(own, home) as databases:
            yield from _looked_at(databases, settings)
    except PostroomError as error:
        yield _wrong(error)


def _looked_at(databases: Databases, settings: Settings) -> Iterator[Finding]:
    from postroom.accounts.backends import open_backend

    faults = list(_databases(databases))
    yield from faults
    yield from _policy(databases, settings)
    whole = all(fault.state != "error" for fault in faults)
    backend = open_backend(settings.accounts, databases)
    try:
        for check in (_directory, _stored_settings, _first_admin) if whole else (_directory,):
            yield from _tried(check, databases, backend, settings)
    finally:
        backend.close()


Check = Callable[["Databases", "Backend", Settings], Iterator[Finding]]


def _tried(check: Check, databases: Databases, backend: Backend, settings: Settings) -> Iterator[Finding]:
    """One check that cannot be made is a finding, and the others still run."""
    try:
        yield from check(databases, backend, settings)
    except PostroomError as error:
        yield _wrong(error)


def _wrong(error: PostroomError) -> Finding:
    return Finding(CHECK, "error", str(error))


def _databases(databases: Databases) -> Iterator[Finding]:
    from postroom.accounts.database import compare

    found = compare.differences(databases)
    for difference in found:
        yield Finding(CHECK, "error" if difference.serious else "warning", str(difference))
    if not found:
        yield Finding(CHECK, "ok", f"the tables of {', '.join(databases.configured)} are as they should be")


def _policy(databases: Databases, settings: Settings) -> Iterator[Finding]:
    if settings.policy.enabled and "iredapd" not in databases.configured:
        told = "policy is on, but no database iredapd is configured: throttles are neither kept nor applied"
        yield Finding(CHECK, "error", f"{told}. Set accounts.iredapd_url, then run `postroom account init-db`.")


def _directory(databases: Databases, backend: Backend, settings: Settings) -> Iterator[Finding]:  # noqa: ARG001
    from postroom.accounts.backends.ldap.backend import LdapBackend

    if not isinstance(backend, LdapBackend):
        return
    missing = _missing_classes(backend)
    if missing:
        told = f"the directory's schema lacks {', '.join(missing)}"
        yield Finding(CHECK, "error", f"{told}. Load what `postroom account init-db --schema` prints.")
        return
    backend.check()
    yield Finding(CHECK, "ok", f"the directory {settings.accounts.ldap_uri} has the schema and the tree")


def _missing_classes(backend: LdapBackend) -> list[str]:
    """Object classes of ours that the server does not have; none where it does not show its schema."""
    from postroom.accounts.backends.ldap.schema_classes import CLASSES

    found = backend.ldap().store.find("cn=Subschema", "(objectClass=*)", ("objectClasses",), scope="BASE")
    there = " ".join(text for entry in found for text in entry.all("objectClasses")).lower()
    return [row.name for row in CLASSES if there and f"'{row.name.lower()}'" not in there]


def _stored_settings(databases: Databases, backend: Backend, settings: Settings) -> Iterator[Finding]:  # noqa: ARG001
    from postroom.accounts.settings_store import effective, stored

    with databases.read() as unit:
        effective(settings.accounts, settings.iredadmin, stored(unit))
    yield Finding(CHECK, "ok", "the stored settings can be read")


def _first_admin(databases: Databases, backend: Backend, settings: Settings) -> Iterator[Finding]:
    """Without the iRedAdmin API whoever owns the home is admin enough."""
    if not settings.iredadmin.enabled and (settings.graph.enabled or settings.smtp.enabled):
        return
    with databases.read() as unit:
        directory = backend.directory(unit, dry_run=True)
        standings = (directory.standing(address) for address in _global_admins(databases, backend))
        found = any(standing and standing.global_admin and standing.active for standing in standings)
    yield Finding(CHECK, "ok", "there is a global admin") if found else Finding(CHECK, "warning", NO_ADMIN)


def _global_admins(databases: Databases, backend: Backend) -> list[str]:
    """Admins and users who are marked so; whether the mark counts is the directory's to say."""
    from postroom.accounts.backends.ldap.backend import LdapBackend

    if isinstance(backend, LdapBackend):
        ldap = backend.ldap()
        found = ldap.store.find(ldap.tree.suffix, "(domainGlobalAdmin=yes)", ("mail",))
        return [entry.first("mail") for entry in found]
    from sqlalchemy import select

    from postroom.accounts.backends.sql.who import GLOBAL
    from postroom.accounts.database.tables.vmail import domain_admins

    marked = select(domain_admins.c.username).where(domain_admins.c.domain == GLOBAL)
    with databases.read() as unit:
        return [str(name) for name in unit.vmail.execute(marked).scalars()]
