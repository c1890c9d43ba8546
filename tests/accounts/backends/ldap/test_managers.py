"""One changes what somebody manages while another is in the middle of doing so: no right and no mark is lost.

The first is held at the step that matters until the second is through, or waits for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final, Literal

import pytest
from tests.accounts.backends.ldap.ldap_world import LdapWorld
from tests.suites.accounts.world import CREATED, KEPT, add, remove

from postroom.accounts.backends.ldap.base import Ldap
from postroom.accounts.backends.ldap.connection import Pool
from postroom.accounts.backends.ldap.directory import LdapDirectory
from postroom.accounts.backends.ldap.locks import Locks
from postroom.accounts.backends.ldap.names import Node
from postroom.accounts.backends.ldap.store import NO_ATTRIBUTES, Entry, Mod, Scope, Store
from postroom.accounts.directory import Directory
from postroom.accounts.model import AdminChange, DomainChange, ListChange, Standing, UserChange

ANNA: Final = "anna@example.com"
WAIT_S: Final = 60
Step = Literal["before it reads who manages what", "after it read who manages what", "before it writes the right"]
Act = Callable[[Directory], None]


class HeldStore(Store):
    """Calls `meanwhile` at the step, the first time."""

    def __init__(self, pool: Pool, step: Step, meanwhile: Callable[[], None]) -> None:
        super().__init__(pool)
        self._step, self._meanwhile = step, [meanwhile]

    def find(
        self, base: str, condition: str, attributes: Sequence[str] = NO_ATTRIBUTES, scope: Scope = "SUBTREE"
    ) -> list[Entry]:
        asks = f"(domainAdmin={ANNA})" in condition and scope == "LEVEL"
        self._reached("before it reads who manages what", asks)
        found = super().find(base, condition, attributes, scope)
        self._reached("after it read who manages what", asks)
        return found

    def modify(self, node: Node, mods: Iterable[Mod]) -> None:
        steps = list(mods)
        self._reached("before it writes the right", any(mod.attribute == "domainAdmin" for mod in steps))
        super().modify(node, steps)

    def _reached(self, step: Step, matters: bool) -> None:
        if matters and step == self._step and self._meanwhile:
            self._meanwhile.pop()()


class WatchedLocks(Locks):
    """Says when somebody asks for a lock."""

    def __init__(self, locks: Locks, asked: threading.Event) -> None:
        super().__init__()
        self._locks, self._asked = locks._locks, asked

    def take(self, name: str) -> Callable[[], None]:
        self._asked.set()
        return super().take(name)


@contextmanager
def over(world: LdapWorld, store: Store, people: Locks, *, writes: bool) -> Iterator[Directory]:
    with world.databases.write() if writes else world.databases.read() as unit:
        yield LdapDirectory(Ldap(store, world.ldap.tree, people), unit, "dovecot", Locks())


def in_the_middle(world: LdapWorld, first: Act, step: Step, second: Act) -> None:
    """The second begins while the first is held at the step."""
    free = threading.Event()
    running: list[Future[None]] = []

    def run_second() -> None:
        try:
            with over(world, world.ldap.store, WatchedLocks(world.ldap.people, free), writes=True) as directory:
                second(directory)
        finally:
            free.set()

    def meanwhile() -> None:
        running.append(threads.submit(run_second))
        assert free.wait(WAIT_S)

    with ThreadPoolExecutor(1) as threads:
        held = HeldStore(world._pool, step, meanwhile)
        with over(world, held, world.ldap.people, writes=False) as directory:
            first(directory)
        assert running, f"It never was at the step {step!r}."
        running[0].result(WAIT_S)


def manage(*names: str) -> Act:
    return _each(names, add(ANNA))


def manage_no_more(*names: str) -> Act:
    return _each(names, remove(ANNA))


def _each(names: tuple[str, ...], change: ListChange) -> Act:
    def act(directory: Directory) -> None:
        for name in names:
            directory.change_domain_admins(name, change)

    return act


def be_global(wanted: bool) -> Act:
    return lambda directory: directory.update_user(ANNA, UserChange(global_admin=wanted))


def make_domain(directory: Directory) -> None:
    directory.create_domain("new.test", DomainChange(), admin=ANNA, created=CREATED)


def do(world: LdapWorld, act: Act) -> None:
    with world.change() as directory:
        act(directory)


def standing(world: LdapWorld, address: str = ANNA) -> Standing:
    with world.look() as directory:
        found = directory.standing(address)
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def _anna(world: LdapWorld) -> None:
    for name in ("example.com", "a.test", "b.test"):
        world.domain(name)
    world.user()


@pytest.mark.parametrize("step", ["before it reads who manages what", "before it writes the right"])
def test_two_who_give_their_first_domains_to_one_user_both_count(world: LdapWorld, step: Step) -> None:
    in_the_middle(world, manage("a.test"), step, manage("b.test"))
    assert standing(world).domains == {"a.test", "b.test"}


def test_a_domain_that_comes_while_the_last_one_goes_counts(world: LdapWorld) -> None:
    do(world, manage("a.test"))
    in_the_middle(world, manage_no_more("a.test"), "after it read who manages what", manage("b.test"))
    assert standing(world).domains == {"b.test"}


def test_the_last_domain_that_goes_while_another_comes_leaves_the_other(world: LdapWorld) -> None:
    do(world, manage("a.test"))
    in_the_middle(world, manage("b.test"), "before it writes the right", manage_no_more("a.test"))
    assert standing(world).domains == {"b.test"}


def test_who_becomes_global_admin_while_the_last_domain_goes_is_one(world: LdapWorld) -> None:
    do(world, manage("a.test"))
    in_the_middle(world, manage_no_more("a.test"), "after it read who manages what", be_global(True))
    assert standing(world).global_admin


def test_a_domain_that_comes_while_the_global_admin_goes_counts(world: LdapWorld) -> None:
    do(world, be_global(True))
    in_the_middle(world, be_global(False), "after it read who manages what", manage("b.test"))
    assert standing(world).domains == {"b.test"}


def test_a_domain_made_while_the_last_one_goes_is_managed_by_its_maker(world: LdapWorld) -> None:
    do(world, manage("a.test"))
    in_the_middle(world, manage_no_more("a.test"), "after it read who manages what", make_domain)
    assert standing(world).domains == {"new.test"}


def test_who_gets_another_address_while_a_domain_goes_keeps_the_others(world: LdapWorld) -> None:
    do(world, manage("a.test", "b.test"))
    in_the_middle(
        world,
        manage_no_more("a.test"),
        "before it reads who manages what",
        lambda directory: directory.rename_user(ANNA, "ann@example.com"),
    )
    assert standing(world, "ann@example.com").domains == {"b.test"}


def test_no_right_waits_for_a_user_who_was_deleted_meanwhile(world: LdapWorld) -> None:
    step: Step = "before it writes the right"
    in_the_middle(world, manage("a.test"), step, lambda directory: directory.delete_user(ANNA, KEPT))
    assert world.domain_entry("a.test").all("domainAdmin") == ()


def test_no_right_waits_for_an_admin_who_was_deleted_meanwhile(world: LdapWorld) -> None:
    do(world, lambda directory: directory.create_admin("root@admins.test", AdminChange(), CREATED))
    in_the_middle(
        world,
        lambda directory: directory.change_domain_admins("a.test", ListChange(add=("root@admins.test",))),
        "before it writes the right",
        lambda directory: directory.delete_admin("root@admins.test"),
    )
    assert world.domain_entry("a.test").all("domainAdmin") == ()
