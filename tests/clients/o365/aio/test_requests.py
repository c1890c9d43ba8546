"""What the async client does with requests: nothing blocks, nothing is lost, what fails fails as in the plain one."""

from __future__ import annotations

import asyncio
import contextlib
import io
import threading
from functools import partial
from typing import Any

import httpx2
import pytest
from requests import exceptions
from requests.exceptions import ConnectionError as Unconnected
from requests.exceptions import HTTPError
from tests.clients.o365.aio.conftest import Make
from tests.clients.o365.core.conftest import CLIENT
from tests.clients.o365.core.fake import PASSWORD, Answer, Seen, Server, error

from O365._doing import each, pause
from O365.aio import Account, together
from O365.aio._bridge import spawn, wait_for
from O365.aio._transport import failure
from O365.message import Message as PlainMessage

MESSAGES = "/v1.0/me/messages"


def run(account: Account, work: Any) -> Any:
    """What a coroutine function does with a signed-in account, which is closed behind it."""

    async def whole() -> Any:
        async with account:
            assert await account.authenticate()
            return await work(account)

    return asyncio.run(whole())


def rows(*names: object) -> list[dict[str, Any]]:
    return [{"id": str(name), "subject": f"S{name}"} for name in names]


def test_a_user_signs_in_and_a_coroutine_may_ask_for_consent(make: Make, server: Server) -> None:
    async def consent(url: str) -> str:
        await asyncio.sleep(0)
        return server.consent(url)

    async def work() -> None:
        for handle in (consent, server.consent):
            async with make(auth_flow_type="authorization") as account:
                assert await account.authenticate(requested_scopes=["basic"], handle_consent=handle)
                assert account.is_authenticated
                assert account.username == "ada@acme.test"
                assert (await account.connection.get(f"{server.base_url}x")).json()["path"] == "/v1.0/x"

    asyncio.run(work())


def test_a_token_that_is_refused_is_renewed_once_however_many_ask(make: Make, server: Server) -> None:
    async def work(account: Account) -> list[Any]:
        server.valid.clear()
        box = account.mailbox()
        return await together([partial(box.get_message, str(number)) for number in range(6)], at_once=6)

    account = make((CLIENT,), auth_flow_type="password", username="ada@acme.test", password=PASSWORD)
    assert len(run(account, work)) == 6
    assert len(server.token_calls) == 2


def test_a_busy_server_is_asked_again_and_meanwhile_others_go_on(make: Make, server: Server) -> None:
    server.queue(MESSAGES, error(429, "Busy", "Later", Retry_After="0.05"), Answer(200, {"value": rows(1)}))

    async def work(account: Account) -> tuple[int, list[Any]]:
        turns, over = 0, asyncio.Event()

        async def turning() -> None:
            nonlocal turns
            while not over.is_set():
                turns += 1
                await asyncio.sleep(0.001)

        other = asyncio.create_task(turning())
        found = await account.mailbox().get_messages()
        over.set()
        await other
        return turns, found

    turns, found = run(make(), work)
    assert [message.subject for message in found] == ["S1"]
    assert turns > 10


def test_errors_are_those_of_the_plain_client(make: Make, server: Server) -> None:
    server.queue(f"{MESSAGES}/gone", error(404, "ErrorItemNotFound", "There is none."))
    server.queue(f"{MESSAGES}/gone", error(404, "ErrorItemNotFound", "There is none."))

    async def work(account: Account) -> None:
        with pytest.raises(HTTPError, match=r"404 .*\| Error Message: There is none\."):
            await account.mailbox().get_message("gone")
        account.connection.raise_http_errors = False
        assert await account.mailbox().get_message("gone") is None
        with pytest.raises(Unconnected):
            await account.connection.naive_request("https://localhost:1/", "get")

    run(make(request_retries=0), work)


def test_pages_follow_and_the_next_one_is_asked_for_early(make: Make, server: Server) -> None:
    seen: list[int] = []

    def page(request: Seen) -> Answer:
        number = int(request.query.get("n", 0))
        seen.append(number)
        link = {"@odata.nextLink": f"{server.base_url}me/messages?n={number + 1}"} if number < 2 else {}
        return Answer(200, {"value": rows(*range(number * 200, number * 200 + 200)), **link})

    server.pages[MESSAGES] = page

    async def work(account: Account) -> None:
        taken = 0
        async for message in account.mailbox().get_messages(limit=None):
            assert message.object_id == str(taken)
            taken += 1
            if taken == 100:
                async with asyncio.timeout(20):
                    while len(seen) < 2:
                        await asyncio.sleep(0.001)
                assert seen == [0, 1]
        assert (taken, seen) == (600, [0, 1, 2])
        assert len(await account.mailbox().get_messages(limit=250)) == 250

    run(make(), work)


def test_a_loop_may_end_before_its_list_does(make: Make, server: Server) -> None:
    link = {"@odata.nextLink": f"{server.base_url}me/messages"}
    server.pages[MESSAGES] = lambda _: Answer(200, {"value": rows(*range(150)), **link})

    async def work(account: Account) -> None:
        taken = 0
        async for _ in account.mailbox().get_messages(limit=None):
            taken += 1
            if taken == 20:
                break

    run(make(), work)


def test_so_many_jobs_run_at_the_same_time_and_no_more(make: Make, server: Server) -> None:
    running, most, lock = 0, 0, threading.Lock()
    full = threading.Barrier(3, timeout=20)

    def page(_: Seen) -> Answer:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        full.wait()
        with lock:
            running -= 1
        return Answer(200, {"id": "x"})

    for number in range(6):
        server.pages[f"{MESSAGES}/{number}"] = page

    async def work(account: Account) -> None:
        box = account.mailbox()
        await together([partial(box.get_message, str(number)) for number in range(6)], at_once=3)
        assert most == 3
        # The same for what a plain method does with many things.
        account.connection._it.at_once = 3
        await spawn(each, account.connection._it, lambda number: box._it.get_message(str(number)), range(6))
        assert most == 3

    run(make(), work)


def test_the_first_failure_ends_the_other_jobs() -> None:
    ended = []

    async def waits() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("waits")

    async def fails() -> None:
        await asyncio.sleep(0)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        asyncio.run(together([waits, fails]))
    assert ended == ["waits"]


def test_a_large_attachment_goes_in_pieces_and_a_break_is_made_good(make: Make, server: Server) -> None:
    content = bytes(range(256)) * 16_000
    server.queue(MESSAGES, Answer(201, {"id": "m", "isDraft": True}))
    server.queue("/v1.0/me/mailFolders/Drafts/messages", Answer(201, {"id": "m", "isDraft": True}))
    upload = f"{server.host}/open/up"
    server.queue(f"{MESSAGES}/m/attachments/createUploadSession", Answer(201, {"uploadUrl": upload}))
    missing = Answer(200, {"nextExpectedRanges": ["0-"]})
    server.queue("/open/up", Answer(503), Answer(503), Answer(503), Answer(503), missing)
    server.queue("/open/up", Answer(202, {"nextExpectedRanges": ["3932160-"]}), Answer(201))

    async def work(account: Account) -> None:
        message = account.new_message()
        message.attachments.add([(content, "all.bin")])
        assert await message.save_draft()

    run(make(request_retries=3), _quick(work))
    pieces = [seen.body for seen in server.calls("/open/up") if seen.method == "PUT"]
    assert b"".join(pieces[-2:]) == content
    assert "authorization" not in server.calls("/open/up")[0].headers


def _quick(work: Any) -> Any:
    """Waits are counted and not waited for."""

    async def quick(account: Account) -> None:
        waits: list[float] = []
        loop_sleep = asyncio.sleep

        async def sleep(seconds: float, *rest: Any) -> None:
            waits.append(seconds)
            await loop_sleep(0, *rest)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("O365.aio._connecting.asyncio.sleep", sleep)
            await work(account)
        assert any(waits)

    return quick


def test_open_files_are_sent_and_bodies_are_read_as_they_arrive(make: Make, server: Server) -> None:
    content = b"0123456789" * 100_000
    server.queue("/open/file", Answer(200, {}), Answer(200, content))

    async def work(account: Account) -> None:
        con = account.connection._it
        sent = await spawn(con.naive_request, f"{server.host}/open/file", "put", data=io.BytesIO(content),
                           headers={"Content-type": "application/octet-stream"})  # fmt: skip
        assert sent.ok

        def read() -> bytes:
            with con.naive_request(f"{server.host}/open/file", "get", stream=True) as response:
                return b"".join(response.iter_content(50_000))

        assert await spawn(read) == content

    run(make(), work)
    assert server.calls("/open/file")[0].body == content


def test_a_cancelled_coroutine_leaves_the_method_where_it_waits() -> None:
    left = []

    def method() -> None:
        try:
            wait_for(asyncio.Event().wait())
        finally:
            left.append("method")

    async def work() -> None:
        task = asyncio.create_task(spawn(method))
        await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        assert task.cancelled()

    asyncio.run(work())
    assert left == ["method"]


def test_plain_methods_cannot_wait_where_nobody_awaits(make: Make) -> None:
    async def work(account: Account) -> None:
        with pytest.raises(RuntimeError, match="only methods of"):
            account.mailbox()._it.get_message("1")

    run(make(), work)


def test_waiting_in_a_plain_method_lets_others_go_on(make: Make) -> None:
    async def work(account: Account) -> list[str]:
        order: list[str] = []

        def method() -> None:
            pause(account.connection._it, 0.01)
            order.append("method")

        async def other() -> None:
            order.append("other")

        await asyncio.gather(spawn(method), other())
        return order

    assert run(make(), work) == ["other", "method"]


def test_objects_wear_the_same_dress_wherever_they_come_from(make: Make, server: Server) -> None:
    class Mine(PlainMessage):
        """What a program derived."""

        def seen(self) -> str:
            self.mark_as_read()
            return self.subject

    server.queue(f"{MESSAGES}/1", Answer(200, {"id": "1", "hasAttachments": True}))
    server.queue(f"{MESSAGES}/1/attachments", Answer(200, {"value": [{"name": "x", "contentBytes": "eA=="}]}))

    async def work(account: Account) -> None:
        from O365.aio.message import Message, MessageAttachments

        box = account.mailbox()
        box._it.message_constructor = Mine
        message = await box.get_message("1", download_attachments=True)
        assert type(message) is Message
        assert message is not None
        assert isinstance(message._it, Mine)
        assert isinstance(message.attachments, MessageAttachments)
        assert [attachment.name for attachment in message.attachments] == ["x"]
        assert (len(message.attachments), "x" in message.attachments) == (1, True)
        message.subject = "Roof"
        assert await message.seen() == "Roof"
        assert (message._it.subject, repr(message), bool(message.attachments)) == ("Roof", "Subject: Roof", True)
        assert message == Message(parent=box, object_id="1")
        assert message != Message(parent=box)
        with pytest.raises(AttributeError):
            _ = message.nothing

    run(make(), work)


def test_two_event_loops_may_use_an_account_in_turn(make: Make, server: Server) -> None:
    account = make()

    async def work() -> None:
        if not account.is_authenticated:
            await account.authenticate()
        await account.mailbox().get_messages()
        await account.aclose()

    for _ in range(2):
        asyncio.run(work())
    assert len(server.calls(MESSAGES)) == 2


FAILURES = [
    (httpx2.ConnectTimeout("slow"), exceptions.ConnectTimeout),
    (httpx2.ReadTimeout("slow"), exceptions.ReadTimeout),
    (httpx2.ProxyError("no"), exceptions.ProxyError),
    (httpx2.ConnectError("refused"), exceptions.ConnectionError),
]


@pytest.mark.parametrize(("error", "kind"), FAILURES)
def test_failures_have_the_names_of_requests(error: Exception, kind: type[Exception]) -> None:
    assert type(failure(error)) is kind


def test_a_wrong_certificate_is_told_as_requests_tells_it(make: Make) -> None:
    async def work() -> None:
        account = make(verify_ssl=True)
        async with account:
            with pytest.raises(exceptions.SSLError):
                await account.connection.naive_request(f"{account.protocol.service_url}x", "get")

    asyncio.run(work())


def test_the_environment_says_where_the_proxy_is(make: Make, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://localhost:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    async def work() -> None:
        async with make(request_retries=0) as account:
            with pytest.raises(Unconnected):
                await account.connection.naive_request(f"{server.host}/open/x", "get")
            account.connection.proxy = {"no_proxy": "localhost"}
            assert (await account.connection.naive_request(f"{server.host}/open/x", "get")).ok

    asyncio.run(work())


def test_a_connection_that_breaks_is_made_again(make: Make, server: Server) -> None:
    async def work(account: Account) -> None:
        failures, send = [httpx2.ReadError("gone"), httpx2.ReadError("gone")], httpx2.AsyncClient.send

        async def breaking(*args: Any, **kwargs: Any) -> Any:
            if failures:
                raise failures.pop()
            return await send(*args, **kwargs)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(httpx2.AsyncClient, "send", breaking)
            assert await account.mailbox().get_messages() == []
            failures.append(httpx2.ReadError("gone"))
            with pytest.raises(Unconnected, match="gone"):
                await account.connection.post(f"{server.base_url}me/sendMail", {})

    run(make(), work)
