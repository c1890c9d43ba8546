"""Several who change the same account at once: nothing is lost, and no address goes to two."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.accounts.backends.ldap.ldap_world import LdapWorld
from tests.suites.accounts.world import CREATED, KEPT, add, new_user, remove

from postroom.accounts.backends.ldap import who
from postroom.accounts.backends.ldap.base import Ldap
from postroom.accounts.backends.ldap.directory import LdapDirectory
from postroom.accounts.backends.ldap.locks import Locks
from postroom.accounts.backends.ldap.names import Node
from postroom.accounts.backends.ldap.store import Entry, Mod, Store, put
from postroom.accounts.directory import Directory
from postroom.accounts.model import ALL, AliasChange, DomainChange, UserChange
from postroom.errors import AlreadyExists

THREADS = 8
EACH = 5


class MeetingStore(Store):
    """Waits for the others between the first reading and the first writing."""

    meet: threading.Barrier

    def change(self, node: Node, changes: Callable[[Entry], list[Mod]], attributes: tuple[str, ...] = ("*",)) -> Entry:  # type: ignore[override]
        waited = False

        def met(entry: Entry) -> list[Mod]:
            nonlocal waited
            mods = list(changes(entry))
            if not waited:
                waited = True
                self.meet.wait(30)
            return mods

        return super().change(node, met, attributes)


def together(world: LdapWorld, *acts: Callable[[Directory], None]) -> None:
    """All read before anybody writes."""
    meet = threading.Barrier(len(acts))

    def run(act: Callable[[Directory], None]) -> None:
        store = MeetingStore(world._pool)
        store.meet = meet
        with world.databases.read() as unit:
            act(LdapDirectory(Ldap(store, world.ldap.tree, world.ldap.people), unit, "dovecot", Locks()))

    with ThreadPoolExecutor(len(acts)) as threads:
        for done in [threads.submit(run, act) for act in acts]:
            done.result(60)


def at_once(world: LdapWorld, act: Callable[[Directory, int], None]) -> list[BaseException | None]:
    """THREADS of them, each with its number; what each raised."""

    def run(number: int) -> None:
        with world.databases.read() as unit:
            act(world.backend.directory(unit), number)

    with ThreadPoolExecutor(THREADS) as threads:
        return [done.exception(120) for done in [threads.submit(run, number) for number in range(THREADS)]]


@pytest.fixture(autouse=True)
def _domain(world: LdapWorld) -> None:
    world.domain()
    world.user()


def test_destinations_that_several_add_are_all_there(world: LdapWorld) -> None:
    def act(directory: Directory, number: int) -> None:
        for item in range(EACH):
            directory.update_user("anna@example.com", UserChange(forwarding=add(f"{item}@{number}.test")))

    assert at_once(world, act) == [None] * THREADS
    expected = {f"{item}@{number}.test" for number in range(THREADS) for item in range(EACH)}
    assert set(world.user_entry().all("mailForwardingAddress")) == expected | {"anna@example.com"}


def test_one_who_adds_and_one_who_removes_both_get_what_they_want(world: LdapWorld) -> None:
    world.alias("all@example.com", "a@x.test", "b@x.test")
    together(
        world,
        lambda directory: directory.update_alias("all@example.com", AliasChange(members=add("c@x.test"))),
        lambda directory: directory.update_alias("all@example.com", AliasChange(members=remove("a@x.test"))),
        lambda directory: directory.update_alias("all@example.com", AliasChange(members=remove("a@x.test"))),
        lambda directory: directory.update_alias("all@example.com", AliasChange(members=add("c@x.test", "d@x.test"))),
    )
    with world.look() as directory:
        assert directory.alias("all@example.com")["members"] == ["b@x.test", "c@x.test", "d@x.test"]


def test_different_settings_do_not_touch_each_other(world: LdapWorld) -> None:
    together(
        world,
        lambda directory: directory.update_domain("example.com", DomainChange(quota_mb=1)),
        lambda directory: directory.update_domain("example.com", DomainChange(default_quota_mb=2)),
        lambda directory: directory.update_domain("example.com", DomainChange(disabled_user_profiles=add("bcc"))),
        lambda directory: directory.update_domain("example.com", DomainChange(disabled_user_profiles=add("relay"))),
    )
    with world.look() as directory:
        facts = directory.facts("example.com")
    assert (facts.quota_mb, facts.default_quota_mb, facts.disabled_user_profiles) == (1, 2, frozenset({"bcc", "relay"}))


@pytest.mark.parametrize("before", [0, 7])
def test_of_one_setting_one_value_stays(world: LdapWorld, before: int) -> None:
    world.update_domain("example.com", max_users=before)
    together(
        world,
        *(
            lambda directory, number=number: directory.update_domain("example.com", DomainChange(max_users=number))
            for number in range(1, THREADS)
        ),
    )
    (value,) = world.domain_entry().all("accountSetting")
    assert value.removeprefix("numberOfUsers:") in {str(number) for number in range(1, THREADS)}


def test_the_number_of_users_is_right_after_many_at_once(world: LdapWorld) -> None:
    def act(directory: Directory, number: int) -> None:
        for item in range(EACH):
            directory.create_user(new_user(f"u{item}-{number}@example.com"))
        directory.delete_user(f"u0-{number}@example.com", KEPT)

    def run(directory: Directory, number: int) -> None:
        with world.databases.write() as unit:
            act(world.backend.directory(unit), number)

    assert at_once(world, run) == [None] * THREADS
    expected = THREADS * (EACH - 1) + 1
    with world.look() as directory:
        assert directory.count("example.com", "users") == expected
    assert world.domain_entry().first("domainCurrentUserNumber") == str(expected)


def test_a_number_that_is_missing_is_counted_anew(world: LdapWorld) -> None:
    world.ldap.store.modify(world.ldap.tree.domain("example.com"), put("domainCurrentUserNumber"))
    world.user("bert@example.com")
    assert world.domain_entry().first("domainCurrentUserNumber") == "2"


def test_an_address_that_several_want_goes_to_one_at_most(world: LdapWorld) -> None:
    def act(directory: Directory, number: int) -> None:
        if number % 3 == 0:
            directory.create_user(new_user("x@example.com"))
        elif number % 3 == 1:
            directory.create_alias("x@example.com", AliasChange(), CREATED)
        else:
            directory.create_user(new_user(f"y{number}@example.com", aliases=("x@example.com",)))

    errors = at_once(world, act)
    made = errors.count(None)
    assert made <= 1
    assert all(error is None or isinstance(error, AlreadyExists) for error in errors)
    assert len(who.claimants(world.ldap, "x@example.com")) == made


def test_a_domain_that_several_want_is_made_once(world: LdapWorld) -> None:
    def act(directory: Directory, number: int) -> None:
        directory.create_domain("new.test", DomainChange(name=str(number)), admin=None, created=CREATED)

    errors = at_once(world, act)
    assert errors.count(None) == 1
    assert all(error is None or isinstance(error, AlreadyExists) for error in errors)


def test_users_made_while_the_domain_changes_follow_it(world: LdapWorld) -> None:
    def act(directory: Directory, number: int) -> None:
        if number == 0:
            directory.update_domain("example.com", DomainChange(alias_domains=add("a.test"), active=False))
        else:
            for item in range(EACH):
                directory.create_user(new_user(f"u{item}-{number}@example.com"))

    assert at_once(world, act) == [None] * THREADS
    with world.look() as directory:
        addresses = directory.user_addresses("example.com", disabled_only=False, page=ALL)
    assert len(addresses) == (THREADS - 1) * EACH + 1
    for address in addresses:
        entry = world.user_entry(address)
        assert entry.all("shadowAddress") == (address.replace("example.com", "a.test"),)
        assert entry.first("domainStatus") == "disabled"


def test_outsiders_that_several_add_to_a_new_list_are_all_there(world: LdapWorld) -> None:
    world.maillist("list@example.com")

    def act(directory: Directory, number: int) -> None:
        directory.update_maillist("list@example.com", AliasChange(members=add(f"{number}@x.test")))

    assert at_once(world, act) == [None] * THREADS
    with world.look() as directory:
        assert directory.maillist("list@example.com")["members"] == [f"{number}@x.test" for number in range(THREADS)]


def test_domains_that_several_give_to_one_user_leave_the_mark(world: LdapWorld) -> None:
    names = [f"d{number}.test" for number in range(THREADS)]
    for name in names:
        world.domain(name)

    def act(directory: Directory, number: int) -> None:
        directory.change_domain_admins(names[number], add("anna@example.com"))
        if number % 2:
            directory.change_domain_admins(names[number], remove("anna@example.com"))

    assert at_once(world, act) == [None] * THREADS
    with world.look() as directory:
        standing = directory.standing("anna@example.com")
    assert standing is not None
    assert standing.domains == set(names[::2])
