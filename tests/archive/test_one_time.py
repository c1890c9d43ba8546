"""One-time logins and the sessions of the console."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.archive.test_second_factor import ADMIN, DOOR, Time, instance, time  # noqa: F401  fixtures

from postroom.archive.instance.instance import Instance
from postroom.archive.instance.one_time import VALID_MS
from postroom.archive.instance.sessions import IDLE_MS, LIFE_MS
from postroom.errors import Denied, NotFound

# ruff: noqa: F811


def redeemed(instance: Instance, token: str) -> str | None:
    try:
        return instance.one_time.redeem(token, DOOR)
    except Denied:
        return None


def test_it_signs_its_user_in_once(instance: Instance) -> None:
    instance.second_factors.initialise("anna", ADMIN)
    token = instance.one_time.create("ANNA", ADMIN)
    session = instance.one_time.redeem(token, DOOR)
    assert instance.sessions.user(session) == "Anna"
    with pytest.raises(Denied, match="used already, or is too old"):
        instance.one_time.redeem(token, DOOR)
    assert instance.sessions.user(session) == "Anna"
    logged = [(row.ok, row.user, row.client) for row in instance.audit.entries() if row.event == "UserLogin"]
    assert logged == [(False, "", "web"), (True, "Anna", "web")]


def test_of_many_at_once_one_gets_in(instance: Instance) -> None:
    token = instance.one_time.create("anna", ADMIN)
    with ThreadPoolExecutor(8) as threads:
        sessions = list(threads.map(lambda _: redeemed(instance, token), range(8)))
    assert sum(session is not None for session in sessions) == 1


def test_it_has_an_end_that_may_be_chosen(instance: Instance, time: Time) -> None:
    late, last, long = (
        instance.one_time.create("anna", ADMIN),
        instance.one_time.create("anna", ADMIN),
        instance.one_time.create("anna", ADMIN, valid_ms=10 * VALID_MS),
    )
    time.ms += VALID_MS - 1
    assert redeemed(instance, last)
    time.ms += 1
    assert redeemed(instance, late) is None
    assert redeemed(instance, long)


@pytest.mark.parametrize("token", ["", "x", "\ud800", "a" * 100_000])
def test_a_made_up_token_is_refused(instance: Instance, token: str) -> None:
    instance.one_time.create("anna", ADMIN)
    assert redeemed(instance, token) is None


def test_it_goes_with_its_user(instance: Instance) -> None:
    token = instance.one_time.create("anna", ADMIN)
    instance.users.delete("anna", ADMIN)
    assert redeemed(instance, token) is None
    with pytest.raises(NotFound, match="user 'anna'"):
        instance.one_time.create("anna", ADMIN)


def test_neither_token_nor_session_is_in_a_file_or_in_the_log(instance: Instance, tmp_path: Path) -> None:
    token = instance.one_time.create("anna", ADMIN)
    session = instance.one_time.redeem(token, DOOR)
    for text in (token, session):
        assert text not in repr(instance.audit.entries())
        assert not any(text.encode() in file.read_bytes() for file in tmp_path.iterdir())


def test_a_session_that_is_used_lives_on_and_one_that_is_not_ends(instance: Instance, time: Time) -> None:
    used, idle = (instance.sessions.create("anna", DOOR) for _ in range(2))
    for _ in range(3):
        time.ms += IDLE_MS - 1
        assert instance.sessions.user(used) == "Anna"
    assert instance.sessions.user(idle) is None


def test_no_session_lives_longer_than_its_life(instance: Instance, time: Time) -> None:
    session, begin = instance.sessions.create("anna", DOOR), time.ms
    while time.ms + IDLE_MS // 2 < begin + LIFE_MS:
        time.ms += IDLE_MS // 2
        assert instance.sessions.user(session) == "Anna"
    time.ms += IDLE_MS // 2
    assert instance.sessions.user(session) is None


def test_signing_out_ends_one_session_and_a_new_password_all(instance: Instance) -> None:
    first, second, third = (instance.sessions.create("anna", DOOR) for _ in range(3))
    instance.sessions.end(first)
    instance.sessions.end("no session")
    assert instance.sessions.user(first) is None
    assert instance.sessions.user(second) == "Anna"
    instance.users.set_password("anna", "another", ADMIN)
    assert instance.sessions.user(second) is None
    fourth = instance.sessions.create("anna", DOOR)
    instance.sessions.end_all("anna")
    assert [instance.sessions.user(text) for text in (third, fourth)] == [None, None]


def test_a_session_follows_a_renamed_user_and_ends_with_a_deleted_one(instance: Instance) -> None:
    session = instance.sessions.create("anna", DOOR)
    instance.users.rename("anna", "Bea", ADMIN)
    assert instance.sessions.user(session) == "Bea"
    instance.users.delete("bea", ADMIN)
    assert instance.sessions.user(session) is None


def test_who_is_signed_in_can_be_listed(instance: Instance, time: Time) -> None:
    first, began = instance.sessions.create("anna", DOOR), time.ms
    time.later(120)
    instance.sessions.create("admin", DOOR)
    time.later(120)
    assert instance.sessions.user(first) == "Anna"
    assert instance.sessions.active() == [
        ("admin", "192.0.2.1", began + 120_000, began + 120_000),
        ("Anna", "192.0.2.1", began, began + 240_000),
    ]
    time.ms += IDLE_MS
    assert instance.sessions.active() == []
    assert instance.sessions.count() == 0
