"""LDAP servers that do not tell all, or do not end: nobody is deleted for that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

import pytest
from tests.archive.directories import silent
from tests.archive.directories.room import ADMIN, Room
from tests.archive.directories.scripted_ldap import Answer, Search, scripted

from postroom.archive.directories import sync as syncing
from postroom.errors import Cancelled, PostroomError, Unavailable
from postroom.work import Process

PEOPLE = "ou=people,dc=example,dc=com"
GROUP = "cn=all,dc=example,dc=com"


def person(name: str) -> dict[str, Mapping[str, Iterable[str]]]:
    values = {"uid": [name], "cn": [name.title()], "mail": [f"{name}@example.com"], "entryUUID": [f"key of {name}"]}
    return {f"uid={name},{PEOPLE}": values}


BOTH = person("anna") | person("bob")


@contextmanager
def told(room: Room, answer: Callable[[Search], Answer], **more: object) -> Iterator[None]:
    with scripted(answer) as port:
        place = {"serverName": "127.0.0.1", "port": port, "encryption": "none", "baseDN": PEOPLE}
        room.configure({"type": "ldapGeneric", "deleteUsersAutomatically": True, **place, **more})
        yield


@pytest.fixture
def synced(room: Room) -> Room:
    """Anna and Bob are users."""
    with told(room, lambda _: Answer(BOTH)):
        assert len(room.sync().created) == 2
    return room


@pytest.mark.parametrize("code", [1, 2, 3, 4, 10, 11, 32, 50, 51, 52, 53, 80, 4096, None])
def test_an_end_that_is_no_success_changes_nothing(synced: Room, code: int | None) -> None:
    with told(synced, lambda _: Answer(person("anna"), code)), pytest.raises(PostroomError):
        synced.sync()
    assert [*synced.users] == ["anna", "bob"]


def test_pages_are_read_until_there_is_none(synced: Room) -> None:
    def answer(asked: Search) -> Answer:
        return Answer(person("anna"), cookie=b"more") if not asked.cookie else Answer(person("bob") | person("cora"))

    with told(synced, answer):
        assert synced.sync().created == ("cora",)
    assert [*synced.users] == ["anna", "bob", "cora"]


def test_a_page_that_fails_changes_nothing(synced: Room) -> None:
    def answer(asked: Search) -> Answer:
        return Answer(person("anna"), cookie=b"more") if not asked.cookie else Answer({}, code=51)

    with told(synced, answer), pytest.raises(Unavailable, match="does not tell all"):
        synced.sync()
    assert [*synced.users] == ["anna", "bob"]


def test_pages_without_end_are_left(synced: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syncing, "MOST_PEOPLE", 50)
    with told(synced, lambda _: Answer(BOTH, cookie=b"again")), pytest.raises(Unavailable, match="does not end"):
        synced.sync()
    assert [*synced.users] == ["anna", "bob"]


@pytest.mark.parametrize("serve", [silent.nothing, silent.drops])
def test_a_server_that_never_ends_its_answer_is_left_when_somebody_cancels(
    synced: Room, serve: Callable[..., None]
) -> None:
    with silent.listening(serve) as port:
        synced.configure(port=port)
        process = Process("sync", "admin")
        process.cancel()
        with pytest.raises(Cancelled):
            synced.directories.sync(ADMIN, process)
    assert [*synced.users] == ["anna", "bob"]


def test_a_server_that_never_ends_its_answer_is_left_some_time(synced: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syncing, "MOST_S", 0.3)
    with silent.listening(silent.drops) as port:
        synced.configure(port=port)
        with pytest.raises(Unavailable, match="has not told all"):
            synced.sync()
    with told(synced, lambda _: Answer(BOTH)):
        assert synced.sync().changed == ()


def test_a_server_that_tells_of_nobody_deletes_nobody(synced: Room) -> None:
    with told(synced, lambda _: Answer({})):
        assert synced.sync().deleted == ()


def test_large_groups_are_read_in_parts(room: Room) -> None:
    """Active Directory gives 1,500 members of a group at once, and says where to go on in the attribute's name."""

    def answer(asked: Search) -> Answer:
        names = [f"uid=x{number},{PEOPLE}" for number in range(2)] + [f"uid=anna,{PEOPLE}"]
        if "member;range=3-*" in asked.attributes:
            return Answer({GROUP: {"member;range=3-*": [f"uid=bob,{PEOPLE}"]}})
        if "member" in asked.attributes:
            return Answer({GROUP: {"member;range=0-2": names}} if asked.base == GROUP else {})
        return Answer(BOTH | person("cora"))

    with told(room, answer, groupDNs=[GROUP]):
        assert sorted(room.sync(dry=True).created) == ["anna", "bob"]
