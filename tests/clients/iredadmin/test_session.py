"""Signing in, renewal, signing out, and what is never shown."""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from tests.clients.iredadmin.fake import COOKIE, TOKEN, Fake, Reply

from iredadmin import Client, aio
from iredadmin.errors import CallFailed, LoginRequired, PasswordRefused

Make = Callable[..., Any]
MANY = 12


def test_first_call_signs_in_and_further_ones_keep_the_session(client: Any, fake: Fake) -> None:
    assert fake.seen == []
    for _ in range(3):
        client.domains.list()
    assert fake.logins == 1
    assert [seen.path.rpartition("/")[2] for seen in fake.seen] == ["login", "domains", "domains", "domains"]
    assert fake.last.headers["Cookie"].startswith(f"{COOKIE}=")


def test_login_can_be_asked_for(client: Any, fake: Fake) -> None:
    client.login()
    client.domains.list()
    assert fake.logins == 1


@pytest.mark.parametrize("redirects", [False, True])
def test_session_that_has_ended_is_renewed_and_the_call_made_again(client: Any, fake: Fake, redirects: bool) -> None:
    fake.redirects = redirects
    client.domains.create("example.com")
    fake.sessions.clear()
    client.domains.update("example.com", name="Renewed")
    assert fake.domains["example.com"]["description"] == "Renewed"
    assert fake.logins == 2


def test_renewal_is_tried_once(client: Any, fake: Fake) -> None:
    fake.scripted = [Reply(200, b'{"_success": false, "_msg": "LOGIN_REQUIRED"}')] * 5
    with pytest.raises(LoginRequired) as caught:
        client.domains.list()
    assert caught.value.code == "LOGIN_REQUIRED"
    assert fake.logins == 2
    assert len(fake.scripted) == 3


def test_token_that_is_refused_is_no_reason_to_sign_in(make: Make, fake: Fake) -> None:
    with pytest.raises(LoginRequired):
        make(token="wrong", username="", password="").domains.list()
    assert fake.logins == fake.failed_logins == 0


@pytest.mark.parametrize(("ours", "ended"), [(True, True), (False, False)])
def test_logout_ends_the_session_where_the_server_can(client: Any, fake: Fake, ours: bool, ended: bool) -> None:
    fake.ours = ours
    client.domains.list()
    assert client.logout() is ended
    assert bool(fake.sessions) is not ended
    client.domains.list()
    assert fake.logins == 2


def test_logout_without_a_session_asks_nobody(client: Any, fake: Fake) -> None:
    assert client.logout() is False
    assert fake.seen == []


def test_many_threads_renew_a_session_once(fake: Fake, options: dict[str, Any]) -> None:
    start = Barrier(MANY)

    def call(_: int) -> object:
        start.wait()
        return client.domains.list()

    with Client(**options) as client, ThreadPoolExecutor(MANY) as threads:
        assert list(threads.map(call, range(MANY))) == [[]] * MANY
        assert fake.logins == 1
        fake.sessions.clear()
        assert list(threads.map(call, range(MANY))) == [[]] * MANY
        assert fake.logins == 2


def test_many_tasks_renew_a_session_once(fake: Fake, options: dict[str, Any]) -> None:
    async def scenario() -> None:
        async with aio.Client(**options) as client:
            for logins in (1, 2):
                await asyncio.gather(*(client.domains.list() for _ in range(MANY)))
                assert fake.logins == logins
                fake.sessions.clear()

    asyncio.run(scenario())


def test_a_wrong_password_is_tried_once_however_many_calls_wait(fake: Fake, options: dict[str, Any]) -> None:
    async def scenario() -> list[object]:
        async with aio.Client(**{**options, "password": "wrong-password"}) as client:
            return await asyncio.gather(*(client.domains.list() for _ in range(MANY)), return_exceptions=True)

    errors = asyncio.run(scenario())
    assert {(type(error).__name__, str(error)) for error in errors} == {
        ("InvalidCredentials", "POST /login: INVALID_CREDENTIALS")
    }
    assert fake.failed_logins == 1


def test_later_calls_try_again_after_a_failed_sign_in(client: Any, fake: Fake) -> None:
    right, fake.password = fake.password, "changed for a while"
    with pytest.raises(CallFailed):
        client.domains.list()
    fake.password = right
    assert client.domains.list() == []


def test_cancelled_sign_in_leaves_the_next_one_free(fake: Fake, options: dict[str, Any]) -> None:
    async def scenario() -> None:
        async with aio.Client(**options) as client:
            task = asyncio.ensure_future(client.domains.list())
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await client.domains.list() == []

    asyncio.run(scenario())


def test_cookie_of_a_refused_call_does_not_displace_the_session(client: Any, fake: Fake) -> None:
    client.domains.list()
    session = fake.last.headers["Cookie"]
    fake.scripted = [Reply(200, b'{"_success": true, "_data": []}', {"Set-Cookie": f"{COOKIE}=late; Path=/"})]
    client.domains.list()
    client.domains.list()
    assert fake.last.headers["Cookie"] == session
    assert fake.logins == 1


# secrets

SECRET, SHORT = "Zyx-Secret-42", "short-1"


def test_no_password_is_shown(make: Make, fake: Fake, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, "iredadmin")
    client = make()
    client.domains.create("example.com")
    client.users.create("anna@example.com", password=SECRET)
    leak = {"_success": False, "_msg": f"INSERT INTO mailbox VALUES ('{SECRET}')"}
    fake.scripted = [Reply(200, json.dumps(leak).encode())]
    changes: list[Callable[[], object]] = [
        lambda: client.users.update("anna@example.com", password=SECRET),
        lambda: client.users.update("anna@example.com", password=SHORT),
        lambda: client.call("POST", "/verify_password/user/anna@example.com", password=SHORT),
    ]
    shown = [repr(client)]
    for change in changes:
        with pytest.raises(CallFailed) as caught:
            change()
        shown += [repr(caught.value), "".join(traceback.format_exception(caught.value))]
    assert "VALUES ('***')" in shown[1]
    everything = "\n".join([*shown, caplog.text])
    assert "/user/anna@example.com" in caplog.text
    for secret in (SECRET, SHORT, fake.password, *fake.sessions):
        assert secret not in everything


def test_no_token_is_shown(make: Make, fake: Fake, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, "iredadmin")
    fake.ours = True
    client = make(username="", password="", token=TOKEN)
    client.domains.list()
    assert TOKEN not in repr(client) + caplog.text


def test_failures_can_be_copied_and_sent_between_processes() -> None:
    error = PasswordRefused("PW_EMPTY", "PW_EMPTY", "PUT", "/user/a@example.com")
    copied = pickle.loads(pickle.dumps(error))
    assert type(copied) is PasswordRefused
    assert (copied.code, copied.codes, str(copied)) == (error.code, error.codes, str(error))
