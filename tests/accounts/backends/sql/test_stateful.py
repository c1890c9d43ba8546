"""Whatever is done to accounts, in whatever order: the rows of all tables fit together afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import insert
from tests.accounts.backends.sql.invariants import broken, kept
from tests.faults.test_crash import FULL
from tests.suites.accounts.world import CREATED, World, new_user

from postroom.accounts.addresses import domain_of
from postroom.accounts.database.tables import vmail
from postroom.accounts.directory import Directory
from postroom.accounts.model import (
    UNSET,
    AdminChange,
    AliasChange,
    DomainChange,
    Kept,
    ListChange,
    UserChange,
)
from postroom.errors import AlreadyExists, NotFound

DOMAINS = st.sampled_from(["a.test", "b.test", "c.test"])
# Few, so that most steps meet an account that is there.
ADDRESSES = st.sampled_from(["x@a.test", "y@a.test", "%@a.test", "x@b.test", "_@b.test"])
ALIASES = st.sampled_from(["%@a.test", "_@b.test", "x@b.test"])
OUTSIDE = st.just("o@out.test")
ANYBODY = ADDRESSES | OUTSIDE
ADMINS = st.sampled_from(["r1@admins.test", "r2@admins.test"])
LISTS = st.builds(
    ListChange,
    reset=st.none() | st.lists(ANYBODY, max_size=3).map(tuple),
    add=st.lists(ANYBODY, max_size=2).map(tuple),
    remove=st.lists(ANYBODY, max_size=2).map(tuple),
)
MAYBE = st.just(UNSET)
SWITCH = MAYBE | st.booleans()
KEPT = st.builds(Kept, ADMINS, st.none() | st.just(date(2030, 1, 1)))


def named(change: ListChange) -> tuple[str, ...]:
    """Whom a change may put into a list."""
    return (*(change.reset or ()), *change.add)


class Accounts(RuleBasedStateMachine):
    """As services do: an address is given to nobody twice, aliases of users are free ones in hosted domains."""

    world: World

    @initialize()
    def empty(self) -> None:
        self.gone: set[str] = set()
        with self.world.change() as directory:
            for name in ("a.test", "b.test", "c.test"):
                directory.delete_domain(name, Kept("", None))
            for name in ("r1@admins.test", "r2@admins.test"):
                directory.delete_admin(name)
            for name in ("a.test", "b.test"):
                directory.create_domain(name, DomainChange(), admin=None, created=CREATED)
            for name in ("x@a.test", "y@a.test", "x@b.test"):
                directory.create_user(new_user(name))
            members = ListChange(add=("x@a.test", "x@b.test"))
            directory.create_alias("%@a.test", AliasChange(members=members), CREATED)
            directory.create_admin("r1@admins.test", AdminChange(), CREATED)

    def do(self, work: Callable[[Directory], Any]) -> Any:
        """What `work` answers; None when it was refused."""
        try:
            with self.world.change() as directory:
                return work(directory)
        except (AlreadyExists, NotFound):
            return None

    def free(self, directory: Directory, address: str) -> bool:
        return directory.hosted(domain_of(address)) and not directory.taken(address)

    def make(self, name: str, work: Callable[[Directory], None]) -> None:
        """Makes an account whose address is free."""

        def made(directory: Directory) -> bool:
            if not directory.target(domain_of(name)) and self.free(directory, name):
                work(directory)
                return True
            return False

        if self.do(made):
            self.pointed(name)

    @rule(name=DOMAINS, admin=st.none() | ADDRESSES | ADMINS, catchall=MAYBE | st.lists(ANYBODY, max_size=2).map(tuple))
    def create_domain(self, name: str, admin: str | None, catchall: Any) -> None:
        def made(directory: Directory) -> bool:
            if directory.hosted(name):
                return False
            directory.create_domain(name, DomainChange(catchall=catchall), admin=admin, created=CREATED)
            return True

        if self.do(made):
            self.pointed(name, *(catchall or ()))

    @rule(
        name=DOMAINS, catchall=MAYBE | st.lists(ANYBODY, max_size=2).map(tuple), bcc=MAYBE | st.just("") | ANYBODY,
        relay=MAYBE | st.sampled_from(["", "smtp:[192.0.2.1]"]), backup=SWITCH, active=SWITCH,
        further=st.lists(DOMAINS, max_size=2).map(tuple),
    )  # fmt: skip
    def update_domain(
        self, name: str, catchall: Any, bcc: Any, relay: Any, backup: Any, active: Any, further: tuple[str, ...]
    ) -> None:
        names = ListChange(add=further)
        change = DomainChange(
            catchall=catchall, sender_bcc=bcc, relay=relay, backup_mx=backup, active=active, alias_domains=names
        )
        self.do(lambda directory: directory.update_domain(name, change))
        self.pointed(*(catchall or ()), bcc or "")

    @rule(name=st.sampled_from(["b.test", "c.test"]), kept=KEPT)
    def delete_domain(self, name: str, kept: Kept) -> None:
        self.do(lambda directory: directory.delete_domain(name, kept))
        self.gone.add(name)

    @rule(name=DOMAINS, admins=LISTS, more=st.lists(ADMINS, max_size=2).map(tuple))
    def manage(self, name: str, admins: ListChange, more: tuple[str, ...]) -> None:
        change = ListChange(admins.reset, (*admins.add, *more), admins.remove)
        self.do(lambda directory: directory.change_domain_admins(name, change))

    @rule(address=ADMINS, is_global=SWITCH)
    def create_admin(self, address: str, is_global: Any) -> None:
        self.do(lambda directory: directory.create_admin(address, AdminChange(global_admin=is_global), CREATED))

    @rule(address=ADMINS, is_global=SWITCH)
    def update_admin(self, address: str, is_global: Any) -> None:
        self.do(lambda directory: directory.update_admin(address, AdminChange(global_admin=is_global)))

    @rule(address=ADMINS)
    def delete_admin(self, address: str) -> None:
        self.do(lambda directory: directory.delete_admin(address))

    @rule(address=ADDRESSES, active=st.booleans(), groups=st.lists(ADDRESSES, max_size=2, unique=True).map(tuple))
    def create_user(self, address: str, active: bool, groups: tuple[str, ...]) -> None:
        self.make(address, lambda directory: directory.create_user(new_user(address, active=active, groups=groups)))

    @rule(
        address=ADDRESSES, forwarding=LISTS, aliases=LISTS, active=SWITCH, is_global=SWITCH,
        bcc=MAYBE | st.just("") | ANYBODY,
    )  # fmt: skip
    def update_user(
        self, address: str, forwarding: ListChange, aliases: ListChange, active: Any, is_global: Any, bcc: Any
    ) -> None:
        def update(directory: Directory) -> tuple[str, ...]:
            have = directory.user_aliases(address)
            want = [alias for alias in aliases.applied(have) if alias in have or self.free(directory, alias)]
            change = UserChange(
                forwarding=forwarding, aliases=ListChange(reset=tuple(want)), active=active, global_admin=is_global,
                recipient_bcc=bcc,
            )  # fmt: skip
            directory.update_user(address, change)
            return tuple(want)

        self.pointed(*(self.do(update) or ()), *named(forwarding), bcc or "")

    @rule(name=DOMAINS, active=SWITCH)
    def update_users(self, name: str, active: Any) -> None:
        self.do(lambda directory: directory.update_users(name, UserChange(active=active)))

    @rule(address=ADDRESSES)
    def read_mail(self, address: str) -> None:
        """Dovecot writes its rows."""
        row = {"username": address, "domain": domain_of(address)}

        def write(directory: Directory) -> None:
            directory.user(address)
            with_quota = self.connection(directory)
            with_quota.execute(insert(vmail.used_quota), {**row, "bytes": 7, "messages": 1})
            with_quota.execute(insert(vmail.last_login), {**row, "imap": 1_700_000_000})
            with_quota.execute(insert(vmail.anyone_shares), {"from_user": address})
            with_quota.execute(insert(vmail.share_folder), {"from_user": address, "to_user": "o@out.test"})
            with_quota.execute(insert(vmail.sender_relayhost), {"account": address, "relayhost": "[192.0.2.1]"})

        self.do(write)

    @staticmethod
    def connection(directory: Directory) -> Any:
        return directory._connection  # type: ignore[attr-defined]

    @rule(address=ADDRESSES, new=ADDRESSES, alias=st.booleans())
    def rename(self, address: str, new: str, alias: bool) -> None:
        def renamed(directory: Directory) -> bool:
            if directory.target(domain_of(new)) or not self.free(directory, new):
                return False
            (directory.rename_user if directory.has_user(address) else directory.rename_alias)(address, new)
            return True

        if self.do(renamed):
            self.gone.add(address)
            self.gone.discard(new)

    @rule(address=ADDRESSES, kept=KEPT)
    def delete_user(self, address: str, kept: Kept) -> None:
        def deleted(directory: Directory) -> bool:
            if not directory.has_user(address):
                return False
            directory.delete_user(address, kept)
            return True

        if self.do(deleted):
            self.gone.add(address)

    @rule(address=ALIASES, members=LISTS, active=SWITCH)
    def create_alias(self, address: str, members: ListChange, active: Any) -> None:
        change = AliasChange(members=members, active=active)
        self.make(address, lambda directory: directory.create_alias(address, change, CREATED))
        self.pointed(*named(members))

    @rule(address=ALIASES, members=LISTS, active=SWITCH)
    def update_alias(self, address: str, members: ListChange, active: Any) -> None:
        self.do(lambda directory: directory.update_alias(address, AliasChange(members=members, active=active)))
        self.pointed(*named(members))

    @rule(address=ALIASES)
    def delete_alias(self, address: str) -> None:
        self.do(lambda directory: directory.delete_alias(address))

    def pointed(self, *addresses: str) -> None:
        """Somebody may now name an account that is gone, on purpose."""
        for address in addresses:
            self.gone -= {address, domain_of(address)}

    @invariant()
    def the_rows_fit_together(self) -> None:
        if not hasattr(self, "gone"):
            return
        with self.world.databases.read() as unit:
            assert broken(unit.vmail, self.gone) == []
            for row in kept(unit.vmail):
                assert row["maildir"].startswith("/var/vmail/vmail1/")
                assert row["domain"] == domain_of(row["username"])


def test_rows_fit_together_whatever_is_done(sql_world: World) -> None:
    machine = type("Machine", (Accounts,), {"world": sql_world})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=300 if FULL else 12,
            stateful_step_count=40 if FULL else 25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
