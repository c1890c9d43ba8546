"""What has to change so that users are what a directory tells."""

from __future__ import annotations

import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.archive.directories.difference import DIRECTORY, Difference, Member, difference
from postroom.archive.directories.model import Configuration, Person
from postroom.archive.directories.sync import in_turn
from postroom.archive.instance.identifiers import name_key
from postroom.archive.instance.user_rows import User

DELETING = Configuration("ldapGeneric", deletes=True)
KEEPING = Configuration("ldapGeneric")


def person(key: str, name: str, *addresses: str, **more: object) -> Person:
    given = addresses or (f"{name}@example.com",)
    return Person(key, name, addresses=given, **more)  # type: ignore[arg-type]


def member(key: str | None, name: str, *addresses: str, by_hand: bool = False, dn: str | None = None) -> Member:
    authentication = "integrated" if by_hand else DIRECTORY
    given = addresses or (f"{name}@example.com",)
    return Member(User(name, None, dn, authentication, given, (), (), (), (), default_password=False), key)


def compare(
    people: list[Person],
    members: list[Member],
    configuration: Configuration = DELETING,
    percent: int = 100,
    by: str = "",
) -> Difference:
    return difference(people, members, configuration, percent, by)


def reasons(found: Difference, name: str) -> str:
    return "; ".join(row.reason for row in found.ignored if row.name == name)


def changes(found: Difference) -> dict[str, tuple[str, ...]]:
    return {change.old_name: change.changes for change in found.changed}


def test_what_is_the_same_on_both_sides_changes_nothing() -> None:
    assert compare([person("1", "anna")], [member("1", "anna")]) == Difference()


def test_a_new_entry_becomes_a_user_and_a_vanished_one_goes() -> None:
    found = compare([person("2", "bob")], [member("1", "anna")])
    assert ([p.name for p in found.created], found.deleted) == (["bob"], ("anna",))


def test_nobody_is_deleted_unless_that_is_configured() -> None:
    found = compare([person("2", "bob")], [member("1", "anna")], KEEPING)
    assert found.deleted == ()
    assert "deleteUsersAutomatically is off" in reasons(found, "anna")


def test_an_entry_with_another_name_is_the_same_user_by_its_key() -> None:
    found = compare([person("1", "anna.hill", "anna@example.com")], [member("1", "anna")])
    assert [(c.old_name, c.person.name, c.changes) for c in found.changed] == [("anna", "anna.hill", ("userName",))]
    assert (found.created, found.deleted) == ((), ())


def test_a_user_is_found_by_distinguished_name_then_by_name_then_by_primary_address() -> None:
    dn, moved = "uid=x, ou=People,dc=example", "uid=x,ou=people,dc=example"
    members = [
        member(None, "old", "old@example.com", dn=dn),
        member(None, "bob"),
        member(None, "cora", "c@example.com"),
    ]
    people = [
        person("1", "new", "new@example.com", distinguished_name=moved),
        person("2", "BOB", "b@example.com"),
        person("3", "cora.hill", "C@example.com"),
    ]
    found = compare(people, members)
    assert {c.old_name: c.person.name for c in found.changed} == {"old": "new", "bob": "BOB", "cora": "cora.hill"}
    assert all(c.linked for c in found.changed)
    assert (found.created, found.deleted) == ((), ())


def test_the_key_beats_the_name_and_the_name_beats_the_address() -> None:
    members = [member("1", "anna"), member("2", "bob")]
    found = compare([person("1", "bob", "x@example.com"), person("2", "anna", "y@example.com")], members)
    assert {c.old_name: c.person.name for c in found.changed} == {"anna": "bob", "bob": "anna"}


def test_a_user_made_by_hand_is_left_alone() -> None:
    by_hand = member(None, "anna", "anna@example.com", by_hand=True)
    found = compare([person("1", "Anna", "anna@example.com")], [by_hand])
    assert found == Difference(ignored=found.ignored)
    assert "made by hand" in reasons(found, "Anna")


def test_a_user_who_was_given_a_password_of_the_archive_is_left_alone_too() -> None:
    pinned = member("1", "anna", by_hand=True)
    found = compare([person("1", "anna.hill", "anna@example.com")], [pinned])
    assert found == Difference(ignored=found.ignored)
    assert "'anna', whose password the archive checks" in reasons(found, "anna.hill")
    assert compare([], [pinned]).deleted == ()


def test_users_of_the_archive_itself_are_never_touched() -> None:
    admin, system = member("1", "admin"), member("2", "$archiveadmin")
    found = compare([person("3", "anna"), person("4", "ADMIN", "x@example.com")], [admin, system])
    assert ([p.name for p in found.created], found.changed, found.deleted) == (["anna"], (), ())
    assert "belongs to the archive itself" in reasons(found, "ADMIN")


def test_a_directory_without_users_deletes_nobody() -> None:
    found = compare([], [member("1", "anna")])
    assert found.deleted == ()
    assert "no users at all" in reasons(found, "anna")


def test_a_directory_with_far_fewer_users_than_before_deletes_nobody() -> None:
    members = [member(str(n), f"user{n}") for n in range(100)]
    some, few = [person(str(n), f"user{n}") for n in range(90)], [person(str(n), f"user{n}") for n in range(89)]
    assert len(compare(some, members, percent=10).deleted) == 10
    found = compare(few, members, percent=10)
    assert found.deleted == ()
    assert reasons(found, "user99").startswith("not deleted: 11 of 100 users are missing")


@pytest.mark.parametrize(
    "entry",
    [
        Person("1", ""), Person("1", "a/b"), Person("1", "anna", "x" * 5000), Person("1", "$anna"),
        Person("1", "admin"), Person("9", "anna", "x" * 5000), Person("1", "new", None, ("bad",) * 2000),
    ],
)  # fmt: skip
def test_a_user_whose_entry_cannot_be_understood_is_not_deleted(entry: Person) -> None:
    found = compare([entry], [member("1", "anna")])
    assert (found.created, found.changed, found.deleted) == ((), (), ())
    assert found.ignored


def test_one_user_may_always_go() -> None:
    assert compare([person("1", "anna")], [member("1", "anna"), member("2", "bob")], percent=0).deleted == ("bob",)


def test_nobody_deletes_their_own_user() -> None:
    found = compare([person("1", "anna")], [member("1", "anna"), member("2", "bob")], by="BOB")
    assert found.deleted == ()
    assert "nobody deletes their own user" in reasons(found, "BOB")


def test_users_who_were_never_of_this_directory_are_not_deleted() -> None:
    assert compare([person("1", "anna")], [member("1", "anna"), member(None, "guest")]).deleted == ()


def test_an_entry_without_address_or_that_is_disabled_becomes_no_user_but_stays_one() -> None:
    people = [Person("1", "printer"), person("2", "gone", disabled=True)]
    found = compare(people, [])
    assert found.created == ()
    assert (reasons(found, "printer"), reasons(found, "gone")) == (
        "no address", "the account is disabled in the directory",
    )  # fmt: skip
    found = compare(people, [member("1", "printer", "p@example.com"), member("2", "gone")])
    assert (found.deleted, changes(found)) == ((), {"printer": ("emailAddresses",)})


def test_names_by_address() -> None:
    by_address = replace(KEEPING, by_address=True)
    found = compare([person("1", "anna", "anna@example.com"), Person("2", "bob")], [], by_address)
    assert [p.name for p in found.created] == ["anna@example.com"]
    assert "the entry has none" in reasons(found, "bob")


# Directories that lie


def test_the_same_entry_twice_counts_once() -> None:
    found = compare([person("1", "anna"), person("1", "anna2")], [])
    assert [p.name for p in found.created] == ["anna"]
    assert "twice" in reasons(found, "anna2")


def test_two_entries_with_one_name_in_any_case_are_one_user() -> None:
    found = compare([person("1", "anna"), person("2", "ANNA", "b@example.com")], [])
    assert [p.name for p in found.created] == ["anna"]
    assert reasons(found, "ANNA").startswith("the name is that of the user 'anna'")


def test_an_address_stays_with_who_has_it() -> None:
    found = compare(
        [
            person("1", "anna", "anna@example.com", "info@example.com"),
            person("2", "bob", "bob@example.com", "INFO@example.com"),
        ],
        [member("2", "bob", "bob@example.com", "info@example.com"), member("1", "anna")],
    )
    assert changes(found) == {"bob": ("emailAddresses",)}  # it is spelled otherwise now
    assert "the address info@example.com belongs to the user 'bob'" in reasons(found, "anna")


def test_an_address_of_a_user_made_by_hand_stays_there() -> None:
    by_hand = member(None, "boss", "info@example.com", by_hand=True)
    found = compare([person("1", "anna", "anna@example.com", "info@example.com")], [by_hand])
    assert found.created[0].addresses == ("anna@example.com",)


def test_an_address_may_move_to_another_user() -> None:
    members = [member("1", "anna", "anna@example.com", "info@example.com"), member("2", "bob")]
    found = compare([person("1", "anna"), person("2", "bob", "bob@example.com", "info@example.com")], members)
    assert {c.old_name: c.person.addresses for c in found.changed} == {
        "anna": ("anna@example.com",), "bob": ("bob@example.com", "info@example.com"),
    }  # fmt: skip


def test_what_cannot_be_a_name_or_an_address_is_told() -> None:
    people = [
        person("1", "a/b"), person("2", "x" * 300, "x@example.com"), person("3", "\u200banna", "a@example.com"),
        person("4", "$system", "s@example.com"), person("5", "bob", "not an address", "bob@example.com"),
        person("6", "many", *(f"a{n}@example.com" for n in range(1001))),
        person("7", "long", full_name="x" * 1_000_000), person("8", "", "empty@example.com"),
    ]  # fmt: skip
    found = compare(people, [])
    assert [(p.name, p.addresses) for p in found.created] == [("bob", ("bob@example.com",))]
    assert {row.name for row in found.ignored} == {
        "a/b", "x" * 255, "\u200banna", "$system", "bob", "many", "long", "8",
    }  # fmt: skip


def test_whoever_cannot_be_renamed_keeps_a_name_that_nobody_else_gets() -> None:
    taken = member(None, "cora", by_hand=True)
    members = [member("1", "anna"), member("2", "bob"), taken]
    people = [person("1", "bob", "anna@example.com"), person("2", "cora", "bob@example.com")]
    found = compare(people, members)
    assert found.changed == ()
    assert "cannot be renamed to 'cora'" in reasons(found, "bob")
    assert "cannot be renamed to 'bob'" in reasons(found, "anna")


NAMES = st.sampled_from(list(string.ascii_lowercase[:6]))
PEOPLE = st.lists(
    st.builds(
        lambda key, name, addresses, disabled: Person(key, name, None, tuple(addresses), disabled=disabled),
        st.sampled_from("123456"), NAMES, st.lists(NAMES.map(lambda name: f"{name}@x"), max_size=3), st.booleans(),
    ),
    max_size=8,
)  # fmt: skip
MEMBERS = st.lists(st.tuples(NAMES, st.booleans()), unique_by=lambda row: row[0], max_size=6).map(
    lambda rows: [
        member(None if by_hand else str(n + 1), name, f"{name}@x", by_hand=by_hand)
        for n, (name, by_hand) in enumerate(rows)
    ]
)


@given(PEOPLE, MEMBERS, st.integers(0, 100))
def test_names_and_addresses_have_one_owner_whatever_a_directory_says(
    people: list[Person], members: list[Member], percent: int
) -> None:
    found = compare(people, members, percent=percent)
    after = {m.user.name: m.user.addresses for m in members if m.user.name not in found.deleted}
    for change in found.changed:
        del after[change.old_name]
    for one in (*(change.person for change in found.changed), *found.created):
        assert one.name not in after
        after[one.name] = one.addresses
    held = [name_key(address) for addresses in after.values() for address in addresses]
    assert len(held) == len(set(held))
    by_hand = {m.user.name for m in members if m.by_hand}
    assert by_hand <= after.keys()
    assert not by_hand & {change.old_name for change in found.changed}


@given(PEOPLE, MEMBERS)
def test_the_second_time_there_is_nothing_to_do(people: list[Person], members: list[Member]) -> None:
    found = compare(people, members)
    keys = {m.user.name: m for m in members if m.user.name not in found.deleted}
    for change in found.changed:
        del keys[change.old_name]
    for one in (*(change.person for change in found.changed), *found.created):
        keys[one.name] = member(one.key, one.name, *one.addresses)
        keys[one.name] = replace(keys[one.name], user=replace(keys[one.name].user, addresses=one.addresses))
    again = compare(people, list(keys.values()))
    assert (again.created, again.changed) == ((), ())


@given(st.permutations(list("abcdefg")), st.integers(0, 7))
def test_names_that_go_round_are_all_given(old: list[str], count: int) -> None:
    pairs = list(zip(old[:count], sorted(old[:count]), strict=True))
    users = {name: name for name in old}
    for before, after in in_turn(pairs):
        assert after not in users
        users[after] = users.pop(before)
    assert users == {name: name for name in old} | {after: before for before, after in pairs}
