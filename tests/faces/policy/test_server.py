"""The server as Postfix meets it."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.faces.policy.conftest import Checks, Client, Serve, question

from postroom.errors import Unavailable
from postroom.faces.policy.server import PolicyServer
from postroom.settings import Policy

Connect = Callable[[PolicyServer], Client]


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def figure(server: PolicyServer, name: str) -> float:
    return next(one.value() for one in server.figures if one.name == f"postroom_policy_{name}")


def test_a_connection_answers_one_request_after_the_other(serve: Serve, connect: Connect) -> None:
    server = serve()
    client = connect(server)
    assert [client.ask(sender=name) for name in ("a", "b", "c")] == ["REJECT a", "REJECT b", "REJECT c"]
    assert (figure(server, "requests"), figure(server, "refused"), figure(server, "connections")) == (3, 3, 1)


def test_requests_sent_at_once_are_answered_in_their_order(serve: Serve, connect: Connect) -> None:
    client = connect(serve())
    client.send(b"".join(question(sender=f"s{n}") for n in range(200)))
    assert [client.read() for _ in range(200)] == [f"REJECT s{n}" for n in range(200)]


def test_requests_that_wait_are_decided_together(serve: Serve, connect: Connect, checks: Checks) -> None:
    server = serve()
    clients = [connect(server) for _ in range(6)]
    checks.gate.clear()
    clients[0].send(question(sender="s0"))
    assert checks.began.acquire(timeout=30)
    for number, client in enumerate(clients[1:], start=1):
        client.send(question(sender=f"s{number}"))
    wait_until(lambda: figure(server, "waiting") == 5)
    checks.gate.set()
    assert [client.read() for client in clients] == [f"REJECT s{n}" for n in range(6)]
    assert [len(batch) for batch in checks.batches] == [1, 5]


@pytest.mark.parametrize(("fail_open", "action"), [(True, "DUNNO"), (False, "DEFER_IF_PERMIT Service unavailable")])
@pytest.mark.parametrize("sender", ["broken", "fatal"])
def test_a_request_that_breaks_is_answered_as_the_setting_says(
    serve: Serve, connect: Connect, sender: str, fail_open: bool, action: str
) -> None:
    server = serve(fail_open=fail_open)
    client = connect(server)
    assert client.ask(sender=sender) == action
    assert client.ask(sender="a") == "REJECT a"
    assert figure(server, "failed") == 1


def test_a_failure_is_logged_once_and_not_once_per_request(
    serve: Serve, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    client = connect(serve())
    with caplog.at_level(logging.WARNING):
        for _ in range(50):
            client.ask(sender="broken")
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "no such luck" in caplog.text


def test_what_is_no_request_is_answered_and_logged_without_its_contents(
    serve: Serve, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    server = serve(fail_open=False)
    client = connect(server)
    with caplog.at_level(logging.WARNING):
        client.send(b"a secret of somebody\n\n")
        assert client.read() == "DEFER_IF_PERMIT Service unavailable"
    assert client.ask(sender="a") == "REJECT a"
    assert figure(server, "malformed") == 1
    assert [("secret" in str(vars(record))) for record in caplog.records] == [False]


def test_a_request_that_is_too_large_ends_its_connection(serve: Serve, connect: Connect) -> None:
    server = serve(request_bytes=1024)
    client = connect(server)
    client.send(question(sender="x" * 2000))
    assert [client.read(), client.read()] == ["DUNNO", ""]
    assert connect(server).ask(sender="a") == "REJECT a"


def test_a_connection_over_the_limit_is_closed_and_the_others_work(serve: Serve, connect: Connect) -> None:
    server = serve(connections=2)
    first, second = connect(server), connect(server)
    assert (first.ask(sender="a"), second.ask(sender="b")) == ("REJECT a", "REJECT b")
    assert connect(server).read() == ""
    assert figure(server, "turned_away") == 1
    first.close()
    wait_until(lambda: figure(server, "connections") == 1)
    assert connect(server).ask(sender="c") == "REJECT c"


def test_an_idle_connection_is_closed_also_with_half_a_request(serve: Serve, connect: Connect) -> None:
    server = serve(idle_timeout_s=0.5)
    client = connect(server)
    client.send(question()[:-1])
    assert client.read() == ""
    assert figure(server, "idle") == 1


def test_a_client_that_closed_its_sending_half_gets_its_answer(serve: Serve, connect: Connect) -> None:
    client = connect(serve())
    client.send(question(sender="a") + question(sender="b"))
    client.socket.shutdown(socket.SHUT_WR)
    assert [client.read(), client.read(), client.read()] == ["REJECT a", "REJECT b", ""]


def test_a_client_that_goes_away_harms_nobody(serve: Serve, connect: Connect, checks: Checks) -> None:
    server = serve()
    gone, other = connect(server), connect(server)
    checks.gate.clear()
    gone.send(question(sender="a"))
    assert checks.began.acquire(timeout=30)
    gone.close()
    checks.gate.set()
    assert other.ask(sender="b") == "REJECT b"
    wait_until(lambda: figure(server, "connections") == 1)


def test_stopping_answers_what_is_under_way_and_takes_nothing_new(
    serve: Serve, connect: Connect, checks: Checks
) -> None:
    server = serve()
    busy, idle = connect(server), connect(server)
    assert idle.ask(sender="a") == "REJECT a"
    checks.gate.clear()
    busy.send(question(sender="b") + question(sender="late"))
    wait_until(lambda: len(checks.batches) == 2)
    stopping = threading.Thread(target=server.stop)
    stopping.start()
    assert idle.read() == ""
    checks.gate.set()
    assert [busy.read(), busy.read()] == ["REJECT b", ""]
    stopping.join(30)
    assert not stopping.is_alive()
    with pytest.raises(ConnectionRefusedError):
        connect(server)


def test_the_checks_are_tended_while_there_is_work(serve: Serve, connect: Connect, checks: Checks) -> None:
    client = connect(serve())
    assert client.ask(sender="a") == "REJECT a"
    assert checks.tended.wait(30)


def test_a_port_in_use_is_told_with_what_to_do(serve: Serve, checks: Checks) -> None:
    server = serve()
    with pytest.raises(Unavailable, match=r"policy\.port"):
        PolicyServer(Policy(port=server.port), checks)


def test_a_server_that_was_not_started_can_be_stopped_and_stopped_again(checks: Checks) -> None:
    server = PolicyServer(Policy(port=0), checks)
    server.stop()
    server.stop()


noise = st.one_of(
    st.binary(max_size=300),
    st.sampled_from([b"\n", b"\r\n\r\n", b"request=smtpd_access_policy\n", b"\0", b"sender=\xff\n", b"=\n"]),
    st.builds(lambda sender: question(sender=sender), st.text("ab@.%'_\\\x7fé", max_size=40)),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(noise, max_size=12))
def test_whatever_one_client_sends_the_next_is_served(serve: Serve, connect: Connect, sent: list[bytes]) -> None:
    server = _shared(serve)
    client = connect(server)
    try:
        client.send(b"".join(sent))
        client.socket.shutdown(socket.SHUT_WR)
    except OSError:  # it was closed before it had sent all
        pass
    while client.read():
        pass
    client.close()
    other = connect(server)
    assert other.ask(sender="a") == "REJECT a"
    other.close()


_servers: dict[int, PolicyServer] = {}


def _shared(serve: Serve) -> PolicyServer:
    """One server for all examples of a test."""
    if id(serve) not in _servers:
        _servers.clear()
        _servers[id(serve)] = serve(request_bytes=1024)
    return _servers[id(serve)]
