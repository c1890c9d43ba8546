"""Mail users: what they get when they are made, and who may change what of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from postroom.accounts import maildir, policies, schemes
from postroom.accounts.addresses import domain_of, local_of, without_extension
from postroom.accounts.log import Event
from postroom.accounts.model import (
    ALL,
    UNSET,
    DomainFacts,
    ListChange,
    NewUser,
    Page,
    Profile,
    Row,
    Unset,
    UserChange,
    given,
)
from postroom.accounts.services import access, limits, secrets
from postroom.accounts.services.access import Caller
from postroom.accounts.services.core import Core, Work
from postroom.errors import AlreadyExists, NotFound


class Users:
    """Addresses are normalised. Methods raise NotFound("user" or "domain"), NotManaged, ProtectedAdmin, Denied,
    LimitReached, Invalid, PasswordRefused, Unavailable."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def all(self, by: Caller, domain: str, *, disabled_only: bool = False, page: Page = ALL) -> Iterator[Row]:
        """By address; streaming."""
        access.needs_domain(by, domain)
        with self._core.look(by) as look:
            look.directory.facts(domain)
            yield from look.directory.users(domain, disabled_only=disabled_only, page=page)

    def addresses(self, by: Caller, domain: str, *, disabled_only: bool = False, page: Page = ALL) -> list[str]:
        access.needs_domain(by, domain)
        with self._core.look(by) as look:
            look.directory.facts(domain)
            return look.directory.user_addresses(domain, disabled_only=disabled_only, page=page)

    def get(self, by: Caller, address: str) -> Profile:
        access.needs_account(by, address)
        with self._core.look(by) as look:
            return look.directory.user(address)

    def create(self, by: Caller, address: str, change: UserChange) -> None:
        """With the domain's defaults for what is left out. Raises AlreadyExists for an address that is taken."""
        access.needs_account(by, address)
        access.may_change(by, change)
        name = domain_of(address)
        change = secrets.slowly(self._core, by, change, name)
        with self._core.change(by) as work:
            facts = work.directory.facts(name, lock=True)
            password_hash = secrets.new_hash(self._core, change, facts)
            access.may_change_profile(by, change, facts)
            if work.directory.taken(without_extension(address, self._core.settings.accounts.recipient_delimiters)):
                raise AlreadyExists("user", address)
            limits.room(work, facts, "users")
            limits.quota(work, facts, change.quota_mb)
            work.comes(address)
            work.directory.create_user(self._new(work, address, password_hash, change, facts))
            work.note("create", f"Create mail user: {address}.", domain=name, username=address)

    def _new(self, work: Work, address: str, password_hash: str, change: UserChange, facts: DomainFacts) -> NewUser:
        stored, defaults, now = self._core.effective(), self._core.settings.accounts, work.now
        off = (*facts.disabled_mail_services, *defaults.services_off)
        return NewUser(
            address=address,
            password_hash=password_hash,
            name=given(change.name, ""),
            given_name=given(change.given_name, ""),
            surname=given(change.surname, ""),
            language=given(change.language, "") or facts.language or defaults.language,
            quota_mb=given(change.quota_mb, facts.default_quota_mb),
            active=given(change.active, True),
            place=given(change.place, maildir.place(address, defaults, now)),
            mailbox_format=given(change.mailbox_format, stored.mailbox_format),
            mailbox_folder=given(change.mailbox_folder, stored.mailbox_folder),
            transport=given(change.transport, ""),
            services_on=tuple(name for name in defaults.services_on if name not in off),
            services_off=off,
            aliases=self._free_aliases(work, address, facts, change.aliases.applied(())),
            groups=facts.default_groups,
            created=now,
        )

    def update(self, by: Caller, address: str, change: UserChange) -> None:
        access.needs_account(by, address)
        access.may_change(by, change)
        name = domain_of(address)
        change = secrets.slowly(self._core, by, change, name)
        with self._core.change(by) as work:
            facts = work.directory.facts(name, lock=True)
            change = secrets.hashed(self._core, change, facts)
            standing = work.user(address)
            if change.password_hash is not UNSET:
                access.may_set_password(by, standing)
            access.may_change_profile(by, change, facts)
            if not isinstance(change.quota_mb, Unset):
                limits.quota(work, facts, change.quota_mb, of=address)
            change = self._with_free_aliases(work, address, facts, change)
            work.directory.update_user(address, change)
            if not (isinstance(change.active, Unset) and isinstance(change.global_admin, Unset)):
                work.rights_change()
            _end_sessions(work, address, change)
            work.note(_event(change), f"Update mail user {address}: {_told(change)}.", domain=name, username=address)

    def update_all(self, by: Caller, domain: str, change: UserChange) -> None:
        """The same for all users of a domain. A normal admin does not touch the global admins among them."""
        access.needs_domain(by, domain)
        access.may_change(by, change)
        change = secrets.slowly(self._core, by, change, domain)
        with self._core.change(by) as work:
            facts = work.directory.facts(domain, lock=True)
            change = secrets.hashed(self._core, change, facts)
            access.may_change_profile(by, change, facts)
            if not by.global_admin:
                for row in work.directory.user_addresses(domain, disabled_only=False, page=ALL):
                    standing = work.directory.standing(row)
                    access.may_touch(by, standing)
                    if change.password_hash is not UNSET:
                        access.may_set_password(by, standing)
            work.directory.update_users(domain, change)
            work.rights_change()
            if _signs_out(change):
                work.all_end(domain)
            work.note(_event(change), f"Update all mail users of {domain}: {_told(change)}.", domain=domain)

    def rename(self, by: Caller, address: str, new: str) -> None:
        """Everywhere the address stands. Raises AlreadyExists; NotFound for a domain that is not hosted."""
        access.needs_account(by, address)
        access.needs_account(by, new)
        with self._core.change(by) as work:
            facts = work.directory.facts(domain_of(new), lock=True)
            work.user(address)
            if new == address:
                return
            if work.directory.taken(new):
                raise AlreadyExists("user", new)
            if domain_of(new) != domain_of(address):
                limits.room(work, facts, "users")
                limits.quota(work, facts, _quota_mb(work, address))
            work.moves(address, new)
            work.directory.rename_user(address, new)
            policies.rename(work.unit, address, new)
            work.gone(address)
            work.note("rename", f"Rename mail user {address} to {new}.", domain=domain_of(new), username=new)

    def delete(self, by: Caller, address: str, keep_days: int = 0) -> None:
        """A repeat succeeds. The files of the mailbox stay: `keep_days` notes for how long, 0 for ever."""
        access.needs_account(by, address)
        with self._core.change(by) as work:
            kept = work.kept(keep_days)
            standing = work.directory.standing(address)
            access.may_touch(by, standing)
            if standing is not None and standing.kind == "admin" and not work.directory.has_user(address):
                return  # somebody else, who only has an address in this domain
            policies.forget(work.unit, [address])
            work.directory.delete_user(address, kept)
            work.gone(address)
            # Also when nothing was found: a repeat completes what was cut before the log, which is written last.
            work.note("delete", f"Delete mail user: {address}.", domain=domain_of(address), username=address)

    def verify_password(self, by: Caller, address: str, password: str) -> bool:
        """Whether it is the user's. False, too, for nobody."""
        access.needs_global(by)
        with self._core.look(by) as look:
            try:
                hashes = look.directory.hashes(address, "user")
            except NotFound:
                hashes = ()
        return schemes.verify_any(hashes, password)

    # Further addresses

    def _with_free_aliases(self, work: Work, address: str, facts: DomainFacts, change: UserChange) -> UserChange:
        if not change.aliases:
            return change
        have = work.directory.user_aliases(address)
        wanted = [alias for alias in change.aliases.applied(have) if alias not in have]
        free = set(self._free_aliases(work, address, facts, wanted)) | set(have)
        then = tuple(alias for alias in change.aliases.applied(have) if alias in free)
        return replace(change, aliases=ListChange(reset=then))

    def _free_aliases(
        self, work: Work, address: str, facts: DomainFacts, wanted: list[str] | tuple[str, ...]
    ) -> tuple[str, ...]:
        """Those that nobody has, in domains where they may be; the others are skipped, as the original does."""
        across = self._core.settings.accounts.user_alias_cross_domains

        def may(alias: str) -> bool:
            name = domain_of(alias)
            own = name == facts.name or work.directory.target(name) == facts.name
            hosted = own or (across and _manages(work.by, name) and work.directory.hosted(name))
            return hosted and alias != address and bool(local_of(alias)) and not work.directory.taken(alias)

        return tuple(alias for alias in wanted if may(alias))


def _quota_mb(work: Work, address: str) -> int:
    domain = domain_of(address)
    return work.directory.allocated_mb(domain) - work.directory.allocated_mb(domain, without=address)


def _manages(by: Caller, domain: str) -> bool:
    return by.global_admin or domain in by.domains


def _end_sessions(work: Work, address: str, change: UserChange) -> None:
    if _signs_out(change):
        work.ends(address)


def _signs_out(change: UserChange) -> bool:
    """A new password, a disabled account and lost rights end what the user had open."""
    return change.password_hash is not UNSET or not given(change.active, True) or change.global_admin is False


def _event(change: UserChange) -> Event:
    if isinstance(change.active, Unset):
        return "update"
    return "active" if change.active else "disable"


def _told(change: UserChange) -> str:
    """What was changed, without values: a log is read by more people than a profile."""
    return ", ".join(name.removesuffix("_hash") for name in change.names()) or "nothing"
