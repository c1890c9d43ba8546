"""Requests that are none, or are made to be read in two ways, end their connection; odd but true ones are answered."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from tests.web.test_server import LONG_S, Echo, everything, raw, running

from postroom.web.protocol import MOST_WAITING
from postroom.web.shell import Face
from postroom.web.tls import Certificate

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST /post HTTP/1.1\r\nHost: localhost\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("tls")
    Certificate(directory)
    return directory


@pytest.fixture(scope="module")
def port(tls: Path) -> Iterator[int]:
    with running(tls, Echo("echo").face(), header_bytes=4096) as server:
        yield server.ports["echo"]


@pytest.fixture
def connection(tls: Path, port: int) -> Iterator[ssl.SSLSocket]:
    with raw(tls, port) as connection:
        yield connection


def statuses(answers: bytes) -> list[int]:
    return [int(found) for found in re.findall(rb"HTTP/1\.1 ([0-9]{3}) ", answers)]


def sent(connection: ssl.SSLSocket, *pieces: bytes) -> list[int]:
    """The status of each answer until the server closes; it may close before it has everything."""
    with suppress(ConnectionError, ssl.SSLError):
        for piece in pieces:
            connection.sendall(piece)
    answers = b""
    with suppress(ConnectionError, ssl.SSLError):
        answers = everything(connection)
    return statuses(answers)


def last(request: bytes) -> bytes:
    """The request with the wish that the connection ends after its answer."""
    return request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\n Host: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\x00\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX Y: a\r\n\r\n",
        b"GET / HTTP/1.1\nHost: localhost\n\n",
        b"GET / HTTP/1.1\r\nHost: localhost\rX: a\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/0.9\r\nHost: localhost\r\n\r\n",
        b"GET /\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /\xc3\xa9 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        POST + b"Content-Length: +5\r\n\r\nhello",
        POST + b"Content-Length: 5, 5\r\n\r\nhello",
        POST + b"Content-Length: 99999999999999999999\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        POST.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
def test_what_is_no_request_is_400_and_hides_no_other(connection: ssl.SSLSocket, request_: bytes) -> None:
    assert sent(connection, request_ + HIDDEN) == [400]


@pytest.mark.parametrize("chunk", [b"-1\r\n", b"0x5\r\nhello\r\n", b"5\nhello\n", b"5\r\nhello!\r\n", b"\r\n"])
def test_a_chunk_that_is_none_ends_the_connection(connection: ssl.SSLSocket, chunk: bytes) -> None:
    assert sent(connection, CHUNKED + chunk + b"0\r\n\r\n" + HIDDEN) == [400]


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (last(GET), 200),
        (last(b"HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n"), 200),
        (b"GET / HTTP/1.0\r\n\r\n", 200),
        (last(b"GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n"), 200),
        (b"\r\n" + last(GET), 200),
        (last(GET.replace(b"localhost\r\n", b" \t localhost \r\nEmpty:\r\n")), 200),
        (last(CHUNKED) + b"5\r\nhello\r\n0\r\n\r\n", 200),
        (last(POST + b"Content-Length: 5\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\nhello"), 200),
        (last(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"), 200),
    ],
)
def test_what_is_allowed_is_answered(connection: ssl.SSLSocket, request_: bytes, status: int) -> None:
    assert sent(connection, request_) == [status]


def test_a_request_may_come_byte_by_byte(connection: ssl.SSLSocket) -> None:
    request_ = last(CHUNKED) + b"5\r\nhello\r\n0\r\nX: y\r\n\r\n"
    assert sent(connection, *(bytes([byte]) for byte in request_)) == [200]


def test_requests_sent_at_once_are_answered_in_order(connection: ssl.SSLSocket) -> None:
    asked = [b"", b"missing", b"", b"missing"]
    pieces = [GET.replace(b"/ ", b"/%s " % path) for path in asked]
    assert sent(connection, b"".join([*pieces, last(GET)])) == [200, 404, 200, 404, 200]


def test_what_is_no_request_does_not_take_the_answer_of_the_one_before(connection: ssl.SSLSocket) -> None:
    assert sent(connection, GET + b"nonsense\r\n\r\n" + HIDDEN) == [200]


def test_a_client_cannot_send_any_number_of_requests_ahead(connection: ssl.SSLSocket) -> None:
    found = sent(connection, GET * (3 * MOST_WAITING))
    assert set(found) == {200}
    assert len(found) <= MOST_WAITING + 1


@pytest.mark.parametrize("pieces", [1, 10])
@pytest.mark.parametrize("large", [b"X: %s\r\n", b"%s: x\r\n", b"X: %s"])
def test_a_head_beyond_the_limit_is_400_however_it_comes(connection: ssl.SSLSocket, large: bytes, pieces: int) -> None:
    request_ = GET[:-2] + large % (b"x" * 5000) + b"\r\n"
    size = len(request_) // pieces
    assert sent(connection, *(request_[at : at + size] for at in range(0, len(request_), size))) == [400]


def test_many_small_headers_count_together(connection: ssl.SSLSocket) -> None:
    assert sent(connection, GET[:-2] + b"X-Name: value\r\n" * 400 + b"\r\n") == [400]


def test_a_long_address_counts_too(connection: ssl.SSLSocket) -> None:
    assert sent(connection, GET.replace(b"/ ", b"/%s " % (b"x" * 5000))) == [400]


@pytest.mark.parametrize(("begin", "part"), [(b"5;", b"x"), (b"0\r\nX: ", b"x"), (b"0\r\n", b"X: y\r\n")])
def test_what_surrounds_a_body_has_the_limit_of_a_head(connection: ssl.SSLSocket, begin: bytes, part: bytes) -> None:
    connection.sendall(CHUNKED.replace(b"\r\n", b"\r\nExpect: 100-continue\r\n", 1))
    # Then the head was read by itself, and what follows is counted alone.
    assert statuses(connection.recv(1000)) == [100]
    assert sent(connection, begin + part * 5000) == [400]


def test_a_body_in_many_chunks_has_no_such_limit(connection: ssl.SSLSocket) -> None:
    assert sent(connection, last(CHUNKED), *[b"5\r\nhello\r\n"] * 3000, b"0\r\n\r\n") == [200]


def test_headers_behind_a_body_are_no_headers_of_the_request(tls: Path) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        await request.body()
        await PlainTextResponse(",".join(request.headers))(scope, receive, send)

    face = Face("names", app, lambda identifier: PlainTextResponse(identifier, 500))
    with running(tls, face) as server, raw(tls, server.ports["names"]) as connection:
        connection.sendall(last(CHUNKED) + b"5\r\nhello\r\n")
        connection.sendall(b"0\r\nAuthorization: x\r\n\r\n")
        answer = everything(connection)
    assert answer.endswith(b"\r\n\r\nconnection,host,transfer-encoding")


def test_a_second_request_has_its_time_too(tls: Path) -> None:
    echo = Echo("echo")
    with running(tls, echo.face(), request_timeout_s=1.0) as server, raw(tls, server.ports["echo"]) as connection:
        assert sent(connection, GET, b"GET / HTTP/1.1\r\nHo") == [200, 408]


def test_an_answer_may_take_longer_than_the_next_request(tls: Path) -> None:
    echo = Echo("echo")
    with running(tls, echo.face(), request_timeout_s=1.0) as server, raw(tls, server.ports["echo"]) as connection:
        connection.sendall(GET.replace(b"/ ", b"/wait ") + b"GET / HT")
        assert echo.entered.wait(LONG_S)
        connection.settimeout(1.5)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.settimeout(LONG_S)
        echo.open.set()
        assert statuses(everything(connection)) == [200]
