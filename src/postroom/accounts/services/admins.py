"""Standalone admins: accounts that manage and have no mailbox. Global admins only."""

from __future__ import annotations

from collections.abc import Iterator

from postroom.accounts import schemes
from postroom.accounts.addresses import domain_of
from postroom.accounts.errors import LocalDomain
from postroom.accounts.model import ALL, AdminChange, Page, Profile, Row, Unset, given
from postroom.accounts.services import access, secrets
from postroom.accounts.services.access import Caller
from postroom.accounts.services.core import Core
from postroom.errors import AlreadyExists, Denied, Invalid, NotFound

_LIMITS = ("max_domains", "max_quota", "max_users", "max_aliases", "max_lists", "hide_mail_log", "hide_quarantine")


class Admins:
    """Addresses are normalised. Methods raise NotFound("admin"), Denied, Invalid, PasswordRefused, Unavailable."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def all(self, by: Caller, page: Page = ALL) -> Iterator[Row]:
        access.needs_global(by)
        with self._core.look(by) as look:
            yield from look.directory.admins(page)

    def get(self, by: Caller, address: str) -> Profile:
        access.needs_global(by)
        with self._core.look(by) as look:
            return look.directory.admin(address)

    def create(self, by: Caller, address: str, change: AdminChange) -> None:
        """Raises LocalDomain for an address in a hosted domain: such an admin is a user."""
        access.needs_global(by)
        _checked(change)
        change = secrets.hashed(self._core, change, None, new=True)
        with self._core.change(by) as work:
            if work.directory.hosted(domain_of(address)):
                raise LocalDomain
            if work.directory.standing(address) is not None:
                raise AlreadyExists("admin", address)
            work.directory.create_admin(address, change, work.now)
            work.rights_change()
            work.note("create", f"Create admin: {address}.", username=address)

    def update(self, by: Caller, address: str, change: AdminChange) -> None:
        access.needs_global(by)
        _checked(change)
        change = secrets.hashed(self._core, change, None)
        with self._core.change(by) as work:
            work.directory.admin(address)
            if address == by.address and (change.active is False or change.global_admin is False):
                raise Denied("You cannot take your own rights away. Another global admin can.")
            work.directory.update_admin(address, change)
            work.rights_change()
            if not isinstance(change.password_hash, Unset) or not given(change.active, True):
                work.ends(address)
            work.note("update", f"Update admin {address}: {', '.join(change.names())}.", username=address)

    def delete(self, by: Caller, address: str) -> None:
        """A repeat succeeds. The caller cannot delete themselves: nobody might be left."""
        access.needs_global(by)
        if address == by.address:
            raise Denied("You cannot delete yourself. Another global admin can.")
        with self._core.change(by) as work:
            work.directory.delete_admin(address)
            work.gone(address)
            work.note("delete", f"Delete admin: {address}.", username=address)

    def verify_password(self, by: Caller, address: str, password: str) -> bool:
        """Whether it is the admin's. False, too, for nobody."""
        access.needs_global(by)
        with self._core.look(by) as look:
            try:
                hashes = look.directory.hashes(address, "admin")
            except NotFound:
                hashes = ()
        return schemes.verify_any(hashes, password)


def _checked(change: AdminChange) -> None:
    if isinstance(change.max_quota, Unset) != isinstance(change.quota_unit, Unset):
        raise Invalid("quotaUnit", "to come with maxQuota")
    if change.global_admin is True and any(name in change.names() for name in _LIMITS):
        raise Invalid("isGlobalAdmin", "no limits for a global admin")
