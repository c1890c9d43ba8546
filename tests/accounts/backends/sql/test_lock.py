"""A domain that is held: what was counted stays true until the unit ends."""

from __future__ import annotations

from tests.suites.accounts.test_at_once import at_once
from tests.suites.accounts.world import World, new_user

from postroom.accounts.directory import Directory


def test_a_limit_holds_when_the_domain_is_locked(sql_world: World) -> None:
    sql_world.domain()

    def work(directory: Directory, thread: int, turn: int) -> None:
        directory.facts("example.com", lock=True)
        if directory.count("example.com", "users") < 10:
            directory.create_user(new_user(f"u{thread}-{turn}@example.com"))

    assert at_once(sql_world, work) == []
    with sql_world.look() as directory:
        assert directory.count("example.com", "users") == 10
