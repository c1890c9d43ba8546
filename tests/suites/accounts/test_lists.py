"""Lists: in order, in pages, with a search that takes every character as itself."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.suites.accounts.world import World, new_user

from postroom.accounts.model import ALL, DomainChange, Page
from postroom.errors import NotFound

LOCALS = ("a", "a.b", "a-b", "a_b", "ab", "a%b", "a+b", "b", "0", "z{", "~", "!x", "a/b", "a`b", "a^b", "it's", "x=y")
"""Local parts that collations of databases sort in other orders than that of their characters' numbers."""
ADDRESSES = sorted(f"{local}@example.com" for local in LOCALS)


@pytest.fixture
def world(directory_world: World) -> World:
    """Two domains, one full of odd addresses."""
    directory_world.domain()
    directory_world.domain("example.net")
    with directory_world.change() as directory:
        for number, address in enumerate(reversed(ADDRESSES)):
            directory.create_user(new_user(address, active=number % 2 == 0))
    directory_world.user("a@example.net")
    return directory_world


def addresses(world: World, page: Page = ALL, *, disabled_only: bool = False) -> list[str]:
    """The two ways to list users say the same."""
    with world.look() as directory:
        found = directory.user_addresses("example.com", disabled_only=disabled_only, page=page)
        rows = list(directory.users("example.com", disabled_only=disabled_only, page=page))
    assert [row.name for row in rows] == found
    return found


def test_users_come_in_the_order_of_their_characters(world: World) -> None:
    assert addresses(world) == ADDRESSES


def test_only_disabled_users_can_be_listed(world: World) -> None:
    assert addresses(world, disabled_only=True) == sorted(list(reversed(ADDRESSES))[1::2])


def test_pages_of_any_size_give_the_whole_list(world: World) -> None:
    for size in (1, 2, 5, 100):
        found: list[str] = []
        while page := addresses(world, Page(after=found[-1] if found else "", limit=size)):
            assert len(page) <= size
            found += page
        assert found == ADDRESSES


def test_a_page_may_begin_behind_a_name_that_is_not_there(world: World) -> None:
    assert addresses(world, Page(after="a0@example.com")) == [name for name in ADDRESSES if name > "a0@example.com"]


def test_a_page_of_nothing_is_empty(world: World) -> None:
    assert addresses(world, Page(limit=0)) == []
    assert addresses(world, Page(after="~~")) == []


def test_a_search_takes_every_character_as_itself(world: World) -> None:
    for text in ("%", "_", "a_b", "\\", "/", "'", "A.B", "!", "`", "^", "b@EXAMPLE", "", "*", "(", "[a]"):
        assert addresses(world, Page(search=text)) == [name for name in ADDRESSES if text.lower() in name]


def test_a_search_is_paged_too(world: World) -> None:
    found = [name for name in ADDRESSES if "b" in name]
    assert addresses(world, Page(search="b", after=found[1], limit=2)) == found[2:4]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(search=st.text(st.sampled_from("ab%_'\\/!x.@-"), max_size=3), after=st.text(max_size=4), limit=st.integers(0, 9))
def test_any_page_is_a_part_of_the_list(world: World, search: str, after: str, limit: int) -> None:
    if "\0" in after:
        return
    wanted = [name for name in ADDRESSES if search in name and name.encode() > after.encode()]
    assert addresses(world, Page(search=search, after=after, limit=limit)) == wanted[:limit]


def test_other_questions_may_be_asked_while_a_list_is_read(world: World) -> None:
    with world.look() as directory:
        rows = directory.users("example.com", disabled_only=False, page=ALL)
        seen = [(row.name, directory.has_user(row.name), directory.count("example.net", "users")) for row in rows]
    assert seen == [(name, True, 1) for name in ADDRESSES]


def test_a_list_may_be_left_in_the_middle(world: World) -> None:
    with world.look() as directory:
        rows = directory.users("example.com", disabled_only=False, page=ALL)
        assert next(rows).name == ADDRESSES[0]
        assert directory.count("example.com", "users") == len(ADDRESSES)


def test_domains_are_listed_among_those_asked_for(directory_world: World) -> None:
    names = [f"d{number}.test" for number in (3, 1, 2, 4)]
    with directory_world.change() as directory:
        for name in names:
            directory_world_change = DomainChange(active=name != "d3.test")
            directory.create_domain(name, directory_world_change, admin=None, created=new_user("a@b.test").created)
    with directory_world.look() as directory:
        assert directory.domain_names(among=None, disabled_only=False, page=ALL) == sorted(names)
        assert directory.domain_names(among=None, disabled_only=True, page=ALL) == ["d3.test"]
        among = {"d4.test", "d2.test", "unknown.test", "d3.test"}
        assert directory.domain_names(among=among, disabled_only=False, page=ALL) == ["d2.test", "d3.test", "d4.test"]
        page = Page(search="D", after="d2.test", limit=1)
        assert [row.name for row in directory.domains(among=among, disabled_only=False, page=page)] == ["d3.test"]
        assert directory.domain_names(among=(), disabled_only=False, page=ALL) == []


def test_very_many_domains_may_be_asked_for(directory_world: World) -> None:
    directory_world.domain("d2.test")
    directory_world.domain("a.test")
    among = {f"d{number}.test" for number in range(2_000)} | {"a.test"}
    with directory_world.look() as directory:
        assert directory.domain_names(among=among, disabled_only=False, page=ALL) == ["a.test", "d2.test"]
        assert directory.domain_names(among=among, disabled_only=False, page=Page(limit=1)) == ["a.test"]


def test_aliases_are_listed_by_address(directory_world: World) -> None:
    directory_world.domain()
    for name in ("b", "a_", "a"):
        directory_world.alias(f"{name}@example.com")
    with directory_world.look() as directory:
        rows = list(directory.aliases("example.com", disabled_only=False, page=Page(search="a_")))
        assert [row.name for row in rows] == ["a_@example.com"]
        found = directory.alias_addresses("example.com", disabled_only=False, page=ALL)
    assert found == ["a@example.com", "a_@example.com", "b@example.com"]


def test_lists_of_a_domain_that_is_not_there_say_so(directory_world: World) -> None:
    with directory_world.look() as directory:
        for call in (
            lambda: directory.users("no.test", disabled_only=False, page=ALL),
            lambda: directory.user_addresses("no.test", disabled_only=False, page=ALL),
            lambda: directory.aliases("no.test", disabled_only=False, page=ALL),
            lambda: directory.alias_addresses("no.test", disabled_only=False, page=ALL),
        ):
            with pytest.raises(NotFound):
                call()
