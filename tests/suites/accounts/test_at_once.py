"""Two who change one account at the same time: both changes are there afterwards."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from tests.suites.accounts.world import World, add, new_user

from postroom.accounts.directory import Directory
from postroom.accounts.model import AliasChange, DomainChange, ListChange, UserChange
from postroom.errors import AlreadyExists, PostroomError

THREADS = 4
TIMES = 6


def at_once(world: World, work: Callable[[Directory, int, int], None]) -> list[PostroomError]:
    """Runs `work(directory, thread, turn)` in units of several threads; tells what they raised."""
    start = Barrier(THREADS, timeout=60)

    def run(thread: int) -> list[PostroomError]:
        start.wait()
        raised: list[PostroomError] = []
        for turn in range(TIMES):
            try:
                with world.change() as directory:
                    work(directory, thread, turn)
            except PostroomError as error:
                raised.append(error)
        return raised

    with ThreadPoolExecutor(THREADS) as pool:
        return [error for errors in pool.map(run, range(THREADS)) for error in errors]


@pytest.fixture
def world(directory_world: World) -> World:
    """With one domain, one user, one alias."""
    directory_world.domain()
    directory_world.user()
    directory_world.alias()
    return directory_world


def test_settings_of_one_domain(world: World) -> None:
    fields = ("default_quota_mb", "max_user_quota_mb", "min_password", "max_password")

    def work(directory: Directory, thread: int, turn: int) -> None:
        field: dict[str, Any] = {fields[thread]: turn + 1}
        directory.update_domain("example.com", DomainChange(**field))

    assert at_once(world, work) == []
    with world.look() as directory:
        found = directory.facts("example.com")
    assert [getattr(found, field) for field in fields] == [TIMES] * THREADS


def test_lists_in_the_settings_of_one_domain(world: World) -> None:
    def work(directory: Directory, thread: int, turn: int) -> None:
        directory.update_domain("example.com", DomainChange(disabled_user_profiles=add(f"p{thread}-{turn}")))

    assert at_once(world, work) == []
    with world.look() as directory:
        found = directory.facts("example.com").disabled_user_profiles
    assert found == {f"p{thread}-{turn}" for thread in range(THREADS) for turn in range(TIMES)}


def test_members_of_one_alias(world: World) -> None:
    def work(directory: Directory, thread: int, turn: int) -> None:
        new = (f"m{thread}-{turn}@x.test", f"k{thread}-{turn}@x.test")
        members = ListChange(add=new, remove=(f"m{thread}-{turn - 1}@x.test",))
        directory.update_alias("sales@example.com", AliasChange(members=members))

    assert at_once(world, work) == []
    with world.look() as directory:
        found = set(directory.alias("sales@example.com")["members"])
    kept = {f"k{thread}-{turn}@x.test" for thread in range(THREADS) for turn in range(TIMES)}
    assert found == kept | {f"m{thread}-{TIMES - 1}@x.test" for thread in range(THREADS)}


def test_forwarding_and_status_of_one_user(world: World) -> None:
    def work(directory: Directory, thread: int, turn: int) -> None:
        forwarding = add(f"f{thread}-{turn}@x.test")
        directory.update_user("anna@example.com", UserChange(forwarding=forwarding, active=turn % 2 == 1))

    assert at_once(world, work) == []
    with world.look() as directory:
        found = set(directory.user_forwarding("anna@example.com"))
    assert found == {"anna@example.com"} | {f"f{n}-{turn}@x.test" for n in range(THREADS) for turn in range(TIMES)}


def test_only_one_gets_an_address(world: World) -> None:
    def work(directory: Directory, thread: int, turn: int) -> None:
        directory.create_user(new_user(f"new{turn}@example.com", surname=str(thread)))

    raised = at_once(world, work)
    assert len(raised) == TIMES * (THREADS - 1)
    assert {type(error) for error in raised} == {AlreadyExists}
    with world.look() as directory:
        assert directory.count("example.com", "users") == TIMES + 1
