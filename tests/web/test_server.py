from __future__ import annotations

import asyncio
import itertools
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx2
import pytest
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from postroom.errors import Unavailable
from postroom.settings import Web
from postroom.web.body import read_body
from postroom.web.metrics import Metrics
from postroom.web.server import Listener, Server
from postroom.web.shell import Face, Health, Shell
from postroom.web.tls import Certificate

LONG_S = 60.0


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("tls")
    Certificate(directory)
    return directory


class Echo:
    """A face that tells its name and the length of what it was sent; `/wait` waits, `/break` breaks."""

    def __init__(self, name: str, most_bytes: int = 100_000) -> None:
        self.name, self.most_bytes = name, most_bytes
        self.entered, self.open = threading.Event(), threading.Event()

    def face(self) -> Face:
        return Face(self.name, ExceptionMiddleware(self._app), lambda identifier: Response(f"oops {identifier}", 500))

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        await (await self._answer(request))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        match request.url.path:
            case "/break":
                raise KeyError("secret detail")
            case "/missing":
                raise HTTPException(404)
            case "/wait":
                self.entered.set()
                await asyncio.to_thread(self.open.wait, LONG_S)
            case "/large":
                return StreamingResponse(itertools.repeat(b"x" * 16_000, 1_000))
            case "/post":
                return PlainTextResponse(str(len(await read_body(request, self.most_bytes))))
        return PlainTextResponse(self.name)


@contextmanager
def running(tls: Path, *faces: Face, **settings: object) -> Iterator[Server]:
    server = _server(tls, **settings)
    server.bind([Listener(face, 0) for face in faces])
    with server.background():
        yield server


def _server(tls: Path, **settings: object) -> Server:
    web = Web(**{"stop_timeout_s": 5.0, **settings})  # type: ignore[arg-type]
    return Server(Shell(Metrics(), lambda: Health("running", "1.2.3")), Certificate(tls), web)


@pytest.fixture
def echo() -> Echo:
    return Echo("echo")


@pytest.fixture
def client(tls: Path, echo: Echo) -> Iterator[httpx2.Client]:
    with running(tls, echo.face()) as server, http(tls, server.ports["echo"]) as client:
        yield client


def http(tls: Path, port: int) -> httpx2.Client:
    context = ssl.create_default_context(cafile=str(tls / "ca.pem"))
    return httpx2.Client(base_url=f"https://localhost:{port}", verify=context, timeout=LONG_S, trust_env=False)


@contextmanager
def raw(tls: Path, port: int) -> Iterator[ssl.SSLSocket]:
    context = ssl.create_default_context(cafile=str(tls / "ca.pem"))
    with ExitStack() as stack:
        plain = stack.enter_context(socket.create_connection(("127.0.0.1", port), LONG_S))
        yield stack.enter_context(context.wrap_socket(plain, server_hostname="localhost"))


def everything(connection: ssl.SSLSocket) -> bytes:
    """What comes until the server closes."""
    found = b""
    while piece := connection.recv(65536):
        found += piece
    return found


def test_each_port_has_its_face(tls: Path) -> None:
    with running(tls, Echo("one").face(), Echo("two").face()) as server:
        for name in ("one", "two"):
            with http(tls, server.ports[name]) as client:
                assert client.get("/").text == name


def test_every_answer_has_a_request_id_and_takes_a_sane_one_over(client: httpx2.Client) -> None:
    assert re.fullmatch("[0-9a-f]{16}", client.get("/").headers["x-request-id"])
    assert client.get("/", headers={"X-Request-Id": "abc-1"}).headers["x-request-id"] == "abc-1"
    assert client.get("/", headers={"X-Request-Id": "a b" * 99}).headers["x-request-id"] != "a b" * 99


def test_a_bug_is_told_by_its_request_id_only(client: httpx2.Client, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.get("/break")
    assert answer.status_code == 500
    assert answer.text == f"oops {answer.headers['x-request-id']}"
    assert "secret detail" in caplog.text


def test_answers_say_what_browsers_must_not_do(client: httpx2.Client) -> None:
    headers = client.get("/").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "server" not in headers


def test_health_says_state_and_version(client: httpx2.Client) -> None:
    assert json.loads(client.get("/health").content) == {"state": "running", "version": "1.2.3"}


def test_metrics_count_requests_by_face_and_status(client: httpx2.Client) -> None:
    client.get("/")
    client.get("/missing")
    text = client.get("/metrics").text
    assert 'postroom_requests_total{face="echo",function="-",status="200"} 1.0' in text
    assert 'postroom_requests_total{face="echo",function="-",status="404"} 1.0' in text
    assert "postroom_request_seconds_bucket" in text


def test_a_body_within_the_limit_arrives_whole(client: httpx2.Client) -> None:
    assert client.post("/post", content=b"x" * 100_000).text == "100000"
    assert client.post("/post", content=iter([b"x" * 50_000] * 2)).text == "100000"


def test_a_body_announced_too_large_is_refused_before_it_is_sent(tls: Path, client: httpx2.Client) -> None:
    with raw(tls, client.base_url.port or 0) as connection:
        connection.sendall(b"POST /post HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100001\r\n\r\n")
        answer = everything(connection)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer.lower()


def test_a_body_that_grows_too_large_is_refused(tls: Path, client: httpx2.Client) -> None:
    with raw(tls, client.base_url.port or 0) as connection:
        connection.sendall(b"POST /post HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        connection.sendall(b"%x\r\n%s\r\n" % (100_001, b"x" * 100_001))
        assert everything(connection).startswith(b"HTTP/1.1 413 ")


def test_a_post_without_length_is_411(tls: Path, client: httpx2.Client) -> None:
    with raw(tls, client.base_url.port or 0) as connection:
        connection.sendall(b"POST /post HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert everything(connection).startswith(b"HTTP/1.1 411 ")


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"POST /post HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 100_000,
    ],
)
def test_what_is_no_http_is_400(tls: Path, client: httpx2.Client, sent: bytes) -> None:
    with raw(tls, client.base_url.port or 0) as connection:
        connection.sendall(sent)
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "begun",
    [b"", b"GET / HTTP/1.1\r\nHost: local", b"POST /post HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx"],
)
def test_a_request_that_does_not_arrive_in_time_is_408(tls: Path, echo: Echo, begun: bytes) -> None:
    with running(tls, echo.face(), request_timeout_s=0.5) as server, raw(tls, server.ports["echo"]) as connection:
        connection.sendall(begun)
        assert everything(connection).startswith(b"HTTP/1.1 408 ")


def test_a_byte_now_and_then_does_not_hold_a_connection(tls: Path, echo: Echo) -> None:
    with running(tls, echo.face(), request_timeout_s=0.3) as server, raw(tls, server.ports["echo"]) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        connection.settimeout(0.05)
        answer = None
        while answer is None:
            connection.sendall(b"X: x\r\n")
            try:
                answer = connection.recv(100)
            except TimeoutError:
                continue
        assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_client_that_does_not_read_is_cut_off(tls: Path, echo: Echo) -> None:
    with running(tls, echo.face(), request_timeout_s=0.3) as server, raw(tls, server.ports["echo"]) as connection:
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
        for _ in range(2):
            with raw(tls, server.ports["echo"]) as clock:
                assert everything(clock).startswith(b"HTTP/1.1 408 ")
        found = bytearray()
        with suppress(ConnectionResetError, ssl.SSLError):
            while piece := connection.recv(65536):
                found += piece
        assert len(found) < 16_000_000


def test_an_answer_larger_than_all_buffers_arrives_whole(tls: Path, echo: Echo) -> None:
    with running(tls, echo.face(), request_timeout_s=5.0) as server, http(tls, server.ports["echo"]) as client:
        assert len(client.get("/large").content) == 16_000_000


def test_a_long_answer_is_no_slow_request(tls: Path, echo: Echo) -> None:
    with (
        running(tls, echo.face(), request_timeout_s=1.0) as server,
        http(tls, server.ports["echo"]) as client,
        ThreadPoolExecutor() as pool,
    ):
        slow = pool.submit(client.get, "/wait")
        assert echo.entered.wait(LONG_S)
        with raw(tls, server.ports["echo"]) as connection:
            # By the time this one is given up the other had more than its time, too.
            assert everything(connection).startswith(b"HTTP/1.1 408 ")
        echo.open.set()
        assert slow.result().text == "echo"


def test_beyond_the_limit_connections_are_answered_503(tls: Path, echo: Echo) -> None:
    with ExitStack() as stack:
        port = stack.enter_context(running(tls, echo.face(), connections=2)).ports["echo"]
        client = stack.enter_context(http(tls, port))
        slow = stack.enter_context(ThreadPoolExecutor()).submit(client.get, "/wait")
        assert echo.entered.wait(LONG_S)
        assert stack.enter_context(http(tls, port)).get("/").status_code == 503
        echo.open.set()
        assert slow.result().status_code == 200


def test_plain_http_is_not_answered(tls: Path, client: httpx2.Client) -> None:
    with socket.create_connection(("127.0.0.1", client.base_url.port or 0), LONG_S) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert not connection.recv(100).startswith(b"HTTP")


def test_a_stopping_server_ends_what_runs_then_calls_its_hooks(tls: Path, echo: Echo) -> None:
    order: list[str] = []
    with ThreadPoolExecutor() as pool:
        with running(tls, echo.face()) as server:
            server.on_drain += [lambda: order.append("drain"), echo.open.set]
            server.on_stop.append(lambda: order.append("stop"))
            client = http(tls, server.ports["echo"])
            slow = pool.submit(client.get, "/wait")
            assert echo.entered.wait(LONG_S)
            slow.add_done_callback(lambda _: order.append("answered"))
        assert slow.result().text == "echo"
        client.close()
    assert order[0] == "drain"
    assert sorted(order) == ["answered", "drain", "stop"]


def test_an_idle_connection_does_not_hold_up_the_end(tls: Path, echo: Echo) -> None:
    with ExitStack() as stack:
        with running(tls, echo.face(), stop_timeout_s=60.0) as server:
            client = stack.enter_context(http(tls, server.ports["echo"]))
            client.get("/")
            began = time.monotonic()
        assert time.monotonic() - began < 10


def test_small_answers_do_not_wait_for_acknowledgements(client: httpx2.Client) -> None:
    client.get("/")
    times = []
    for _ in range(20):
        began = time.monotonic()
        client.get("/")
        times.append(time.monotonic() - began)
    # Nagle's algorithm with delayed acknowledgement costs 40 ms, an answer 2 ms.
    assert min(times) < 0.03


def test_a_taken_port_is_named_and_nothing_stays_open(tls: Path, echo: Echo) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = _server(tls)
        with pytest.raises(Unavailable, match=rf"echo API cannot listen on 127\.0\.0\.1 port {port}"):
            server.bind([Listener(Echo("first").face(), 0), Listener(echo.face(), port)])


def test_a_length_told_in_two_ways_ends_the_connection(tls: Path, echo: Echo) -> None:
    hidden = b"0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"
    head = b"POST /post HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: %d\r\n\r\n"
    with running(tls, echo.face()) as server, raw(tls, server.ports["echo"]) as connection:
        connection.sendall(head % len(hidden) + hidden)
        answers = everything(connection)
    assert answers.startswith(b"HTTP/1.1 400 ")
    assert answers.count(b"HTTP/1.1 ") == 1


def test_hourly_work_that_fails_stops_neither_the_server_nor_other_work(
    tls: Path, echo: Echo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("postroom.web.server.TICKS_PER_HOUR", 1)
    done = threading.Semaphore(0)

    def fail() -> None:
        raise Unavailable("The database is away.")

    server = _server(tls)
    server.bind([Listener(echo.face(), 0)])
    server.hourly += [fail, done.release]
    with server.background():
        for _ in range(3):
            assert done.acquire(timeout=LONG_S)
        with http(tls, server.ports["echo"]) as client:
            assert client.get("/health").status_code == 200
