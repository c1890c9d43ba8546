"""What was looked up a moment ago is not looked up again, and is never older than it may be."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from postroom.errors import NotFound
from postroom.recent import Recent


class World:
    """A clock, a version, and how often each key was looked up."""

    def __init__(self) -> None:
        self.now_s, self.version = 100.0, 1
        self.asked: list[str] = []
        self.recent: Recent[str, str] = Recent(lambda: self.version, keep_s=1.0, most=3, monotonic=lambda: self.now_s)

    def find(self, key: str) -> Callable[[], str]:
        def look_up() -> str:
            self.asked.append(key)
            return f"{key} in version {self.version}"

        return look_up

    def of(self, key: str) -> str:
        return self.recent.of(key, self.find(key))


@pytest.fixture
def world() -> World:
    return World()


def test_a_value_is_looked_up_once_in_its_time(world: World) -> None:
    assert world.of("a") == world.of("a")
    world.now_s += 0.9
    world.of("a")
    assert world.asked == ["a"]
    world.now_s += 0.2
    world.of("a")
    assert world.asked == ["a", "a"]


def test_another_version_ends_what_is_kept(world: World) -> None:
    world.of("a")
    world.version += 1
    assert world.of("a") == "a in version 2"


def test_nothing_found_before_is_kept_when_all_is_to_be_forgotten(world: World) -> None:
    def slow() -> str:
        world.recent.clear()
        return "old"

    world.of("a")
    world.recent.clear()
    world.of("a")
    assert world.asked == ["a", "a"]
    world.recent.of("b", slow)
    assert world.of("b") == "b in version 1"


def test_what_changed_during_a_look_up_is_asked_again(world: World) -> None:
    def slow() -> str:
        world.version += 1
        return "old"

    world.recent.of("a", slow)
    assert world.of("a") == "a in version 2"


def test_the_oldest_of_too_many_goes(world: World) -> None:
    for key in "abcd":
        world.of(key)
    world.asked.clear()
    world.of("d")
    world.of("a")
    assert world.asked == ["a"]


def test_a_look_up_that_fails_is_not_kept(world: World) -> None:
    def fail() -> str:
        raise NotFound("thing", "a")

    with pytest.raises(NotFound):
        world.recent.of("a", fail)
    assert world.of("a")
