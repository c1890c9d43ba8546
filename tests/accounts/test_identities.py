"""Ids of users: one each, through every change of the address, and never somebody else's."""

from __future__ import annotations

import stat
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from postroom.accounts.identities import Identities
from postroom.errors import Unavailable

ANNA, NEW, OTHER = "anna@example.com", "anna.b@example.com", "bert@example.org"


class Users:
    """Who there is."""

    def __init__(self, *addresses: str) -> None:
        self.there = set(addresses)

    def __call__(self, address: str) -> bool:
        return address in self.there

    def rename(self, address: str, new: str) -> None:
        self.there = (self.there - {address}) | {new}


@pytest.fixture
def identities(tmp_path: Path) -> Iterator[Identities]:
    with Identities(tmp_path / "identities.db") as identities:
        yield identities


def test_a_user_keeps_the_id_that_was_made_when_it_was_first_asked_for(identities: Identities) -> None:
    users = Users(ANNA, OTHER)
    anna = identities.of(ANNA, users)
    assert str(uuid.UUID(anna)) == anna
    assert identities.of(ANNA, users) == anna != identities.of(OTHER, users)
    assert identities.address(anna, users) == ANNA


def test_ids_of_many_are_those_of_each(identities: Identities) -> None:
    users = Users(ANNA, OTHER, NEW)
    anna = identities.of(ANNA, users)
    many = identities.of_many([OTHER, ANNA, NEW], users)
    assert many == [identities.of(OTHER, users), anna, identities.of(NEW, users)]
    assert len(set(many)) == 3


def test_an_id_moves_with_its_user(identities: Identities) -> None:
    users = Users(ANNA)
    anna = identities.of(ANNA, users)
    identities.renaming(ANNA, NEW)
    users.rename(ANNA, NEW)
    assert identities.of(NEW, users) == anna
    assert identities.address(anna, users) == NEW


def test_an_id_is_found_by_itself_after_a_change_that_nobody_settled(identities: Identities) -> None:
    users = Users(ANNA)
    anna = identities.of(ANNA, users)
    identities.renaming(ANNA, NEW)
    users.rename(ANNA, NEW)
    assert identities.address(anna, users) == NEW


def test_a_change_that_was_announced_and_not_made_changes_nothing(identities: Identities) -> None:
    users = Users(ANNA)
    anna = identities.of(ANNA, users)
    identities.renaming(ANNA, NEW)
    assert identities.of(ANNA, users) == anna
    assert identities.address(anna, users) == ANNA


def test_somebody_else_with_the_announced_address_does_not_get_the_id_later(identities: Identities) -> None:
    users = Users(ANNA)
    anna = identities.of(ANNA, users)
    identities.renaming(ANNA, NEW)
    users.there.add(NEW)  # made by itself: the change was undone
    somebody = identities.of(NEW, users)
    assert somebody != anna
    users.there.discard(ANNA)
    identities.forget(ANNA, users)
    assert identities.of(NEW, users) == somebody
    assert identities.address(anna, users) is None


def test_whoever_gets_a_deleted_address_gets_a_new_id(identities: Identities) -> None:
    users = Users(ANNA)
    anna = identities.of(ANNA, users)
    users.there.clear()
    identities.forget(ANNA, users)
    users.there.add(ANNA)
    assert identities.of(ANNA, users) != anna


def test_an_address_whose_last_user_was_not_forgotten_keeps_no_id_for_who_moves_to_it(identities: Identities) -> None:
    users = Users(ANNA, NEW)
    gone = identities.of(NEW, users)
    anna = identities.of(ANNA, users)
    users.there.discard(NEW)
    identities.renaming(ANNA, NEW)
    users.rename(ANNA, NEW)
    assert identities.of(NEW, users) == anna != gone


def test_a_deletion_that_was_undone_takes_no_id(identities: Identities) -> None:
    users = Users(ANNA)
    anna = identities.of(ANNA, users)
    identities.forget(ANNA, users)
    assert identities.of(ANNA, users) == anna


def test_with_a_domain_go_the_ids_of_all_in_it_but_of_those_who_moved_away(identities: Identities) -> None:
    users = Users(ANNA, OTHER, NEW)
    anna, other, moved = identities.of_many([ANNA, OTHER, NEW], users)
    identities.renaming(NEW, "new@example.org")
    users.rename(NEW, "new@example.org")
    users.there.discard(ANNA)
    identities.forget("example.com", users)
    assert identities.address(anna, users) is None
    assert identities.address(other, users) == OTHER
    assert identities.address(moved, users) == "new@example.org"


def test_a_sweep_takes_the_ids_of_whoever_is_gone(identities: Identities) -> None:
    names = [f"user{number}@example.com" for number in range(1_200)]
    users = Users(*names)
    known = identities.of_many(names, users)
    users.there = set(names[::2])
    identities.sweep(users)
    found = [identities.address(identity, users) for identity in known]
    assert found[::2] == names[::2]
    assert not any(found[1::2])


def test_what_is_no_id_finds_nobody(identities: Identities) -> None:
    assert identities.address("' OR 1=1 --", Users(ANNA)) is None


def test_the_file_is_its_owners_and_says_when_it_is_closed(tmp_path: Path) -> None:
    identities = Identities(tmp_path / "identities.db")
    assert stat.S_IMODE((tmp_path / "identities.db").stat().st_mode) == 0o600
    identities.close()
    with pytest.raises(Unavailable):
        identities.of(ANNA, Users(ANNA))
