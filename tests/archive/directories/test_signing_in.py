"""Who signs in by a directory."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.archive.directories import silent
from tests.archive.directories.ldap_server import (
    PASSWORD,
    PEOPLE,
    READER,
    STAFF,
    SUFFIX,
    USER_PASSWORD,
    DirectoryServer,
)
from tests.archive.directories.room import Room
from tests.ports import free_port

from postroom.archive.instance.audit import SYSTEM
from postroom.errors import Unavailable


@pytest.fixture
def synced(ldap: DirectoryServer, room: Room) -> Room:
    """Anna and Bob are users."""
    ldap.person("anna")
    ldap.person("bob", userPassword="Bobs password")
    room.configure(ldap.configuration(baseDN=SUFFIX))
    room.sync()
    return room


def test_the_password_of_the_directory_opens(synced: Room) -> None:
    assert synced.signs_in("anna", USER_PASSWORD)
    assert synced.signs_in("ANNA", USER_PASSWORD, "192.0.2.7")
    assert not synced.signs_in("anna", "Bobs password")
    assert not synced.signs_in("nobody", USER_PASSWORD)
    assert [(entry.ok, entry.user) for entry in synced.events("UserLogin")][::-1] == [
        (True, "anna"), (True, "anna"), (False, "anna"), (False, "nobody"),
    ]  # fmt: skip


@pytest.mark.parametrize("password", ["", "\0", "\ud800", "x" * 100_000, "*", " "])
def test_no_password_that_is_none_opens(synced: Room, password: str) -> None:
    assert not synced.signs_in("anna", password)


def test_the_password_kept_in_the_archive_is_not_used(synced: Room) -> None:
    synced.instance.users.set_password("anna", "local password", SYSTEM)
    assert not synced.signs_in("anna", "local password")
    synced.instance.users.set_authentication("anna", "integrated", SYSTEM)
    assert synced.signs_in("anna", "local password")
    assert not synced.signs_in("anna", USER_PASSWORD, "192.0.2.8")


def test_whoever_is_gone_or_fits_the_filter_no_more_is_locked_out_before_the_next_synchronisation(
    ldap: DirectoryServer, synced: Room
) -> None:
    with ldap.writing() as connection:
        connection.delete(f"uid=bob,{PEOPLE}")
    assert not synced.signs_in("bob", "Bobs password")
    synced.configure(userFilter="(&(objectClass=inetOrgPerson)(employeeType=active))")
    assert not synced.signs_in("anna", USER_PASSWORD)


def test_a_moved_entry_signs_in_before_the_next_synchronisation(ldap: DirectoryServer, synced: Room) -> None:
    with ldap.writing() as connection:
        connection.modify_dn(f"uid=anna,{PEOPLE}", "uid=anna.low", new_superior=STAFF)
    assert synced.signs_in("anna", USER_PASSWORD)


def test_another_entry_of_the_same_name_does_not_open(ldap: DirectoryServer, synced: Room) -> None:
    with ldap.writing() as connection:
        connection.delete(f"uid=anna,{PEOPLE}")
    ldap.person("anna", userPassword="another Anna")
    assert not synced.signs_in("anna", "another Anna")
    synced.sync()  # which takes it over, and says so
    assert "Another entry of the directory than before: anna" in synced.log
    assert synced.signs_in("anna", "another Anna")


def test_a_user_made_by_hand_is_found_by_name(ldap: DirectoryServer, room: Room) -> None:
    ldap.person("anna")
    ldap.person("bob", mail="x@example.com")
    room.configure(ldap.configuration())
    room.by_hand("anna")
    assert room.signs_in("anna", USER_PASSWORD)
    room.configure(userNameFormat="emailAddress")
    room.by_hand("x@example.com")
    assert room.signs_in("x@example.com", USER_PASSWORD)
    assert not room.signs_in("anna", USER_PASSWORD)


def test_a_name_that_two_entries_have_opens_nothing(ldap: DirectoryServer, room: Room) -> None:
    ldap.person("anna")
    with ldap.writing() as connection:
        values = {"cn": "x", "sn": "x", "userPassword": USER_PASSWORD}
        connection.add(f"uid=anna,{STAFF}", "inetOrgPerson", values)
    room.configure(ldap.configuration(baseDN=SUFFIX))
    room.by_hand("anna")
    assert not room.signs_in("anna", USER_PASSWORD)


def test_without_a_directory_nobody_signs_in_by_one(room: Room) -> None:
    room.by_hand("anna")
    assert not room.signs_in("anna", USER_PASSWORD)


@pytest.mark.parametrize("name", ["*", "an*", "anna)(uid=*", "*)(objectClass=*", "anna)(|(uid=bob"])
def test_a_name_is_no_part_of_a_filter(ldap: DirectoryServer, room: Room, name: str) -> None:
    ldap.person("anna")
    room.configure(ldap.configuration())
    room.by_hand(name)
    assert not room.signs_in(name, USER_PASSWORD)


@pytest.mark.parametrize(
    "dn", [f"uid=anna,{PEOPLE}\0", "uid=*", "", ",", "((", f"uid=\\ff,{PEOPLE}", f"uid=anna+uid=bob,{PEOPLE}"]
)
def test_a_distinguished_name_that_is_none_opens_nothing(ldap: DirectoryServer, room: Room, dn: str) -> None:
    ldap.person("anna")
    room.configure(ldap.configuration())
    room.by_hand("cora")
    with room.instance.database.write() as connection:
        connection.execute("UPDATE user SET distinguished_name = ? WHERE name = 'cora'", (dn,))
    try:
        assert not room.signs_in("cora", USER_PASSWORD)
    except Unavailable:  # what the server says to a name that is none
        assert not room.events("UserLogin")[0].ok


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(word=st.text(min_size=1, max_size=40))
def test_no_other_password_opens_whatever_is_in_it(synced: Room, word: str) -> None:
    assert synced.signs_in("anna", word) == (word == USER_PASSWORD)


# Servers that do not answer


@pytest.fixture
def hurried(tmp_path: Path) -> Iterator[Room]:
    """Waits half a second for an answer."""
    with Room(tmp_path / "hurried.db", directory_timeout_s=0.5) as room:
        room.by_hand("anna")
        yield room


def test_a_server_that_is_away_is_no_wrong_password(hurried: Room, ldap: DirectoryServer) -> None:
    hurried.configure(ldap.configuration(port=free_port()))
    with pytest.raises(Unavailable, match="does not answer"):
        hurried.signs_in("anna", USER_PASSWORD)
    entry = hurried.events("UserLogin")[0]
    assert (entry.ok, entry.user) == (False, "anna")
    assert "does not answer" in entry.details["reason"]


def test_who_reads_the_directory_being_refused_is_no_wrong_password_and_no_news_for_strangers(
    hurried: Room, ldap: DirectoryServer
) -> None:
    hurried.configure(ldap.configuration(password="wrong"))
    with pytest.raises(Unavailable, match=r"cannot be asked\. The audit log has why"):
        hurried.signs_in("anna", USER_PASSWORD)
    assert "refuses userName with its password" in hurried.events("UserLogin")[0].details["reason"]


@pytest.mark.parametrize("serve", [silent.nothing, silent.drops])
def test_a_server_that_never_ends_its_answer_costs_a_limited_time(
    hurried: Room, ldap: DirectoryServer, serve: Callable[..., None]
) -> None:
    with silent.listening(serve) as port:
        hurried.configure(ldap.configuration(port=port))
        began = time.monotonic()
        with ThreadPoolExecutor(20) as threads:
            asked = [threads.submit(hurried.signs_in, "anna", f"{number}") for number in range(20)]
            assert all(isinstance(each.exception(), Unavailable) for each in asked)
        assert time.monotonic() - began < 10


def test_no_password_is_logged(synced: Room, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    synced.signs_in("anna", USER_PASSWORD)
    synced.signs_in("bob", "Guess-of-a-password")
    synced.configure(port=free_port())
    with pytest.raises(Unavailable):
        synced.signs_in("anna", "Guess-of-a-password")
    told = caplog.text + repr(synced.instance.audit.entries(limit=1000)) + "\n".join(synced.log)
    assert all(word not in told for word in (USER_PASSWORD, "Guess-of-a-password", PASSWORD))


def test_a_changed_configuration_is_asked_at_once(ldap: DirectoryServer, synced: Room) -> None:
    assert synced.signs_in("anna", USER_PASSWORD)
    synced.configure(type="none")
    assert not synced.signs_in("anna", USER_PASSWORD)


def test_the_reader_itself_is_no_user(ldap: DirectoryServer, room: Room) -> None:
    room.configure(ldap.configuration(baseDN=SUFFIX))
    room.by_hand("reader", distinguished_name=READER)
    assert not room.signs_in("reader", PASSWORD)
