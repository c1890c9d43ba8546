"""Where posts go, and where they do not."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from tests.workspace.subscriptions.receiver import Receiver

from postroom.settings import Graph
from postroom.workspace.delivery.notifying_http import Inside, Refused, Webhooks, is_outside


@pytest.fixture
def webhooks() -> Webhooks:
    return Webhooks(Graph(webhooks_inside=True, webhook_answer_s=0.5))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "100.64.0.1",
        "::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1",
    ],
)  # fmt: skip
def test_addresses_inside_are_known(address: str) -> None:
    assert not is_outside(address)


@pytest.mark.parametrize("address", ["9.9.9.9", "2620:fe::fe", "::ffff:9.9.9.9"])
def test_addresses_outside_are_known(address: str) -> None:
    assert is_outside(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1"])
def test_nothing_is_posted_inside_unless_a_setting_says_so(hook: Receiver, host: str) -> None:
    with pytest.raises(Inside):
        Webhooks(Graph()).validate(f"http://{host}:{hook.port}/", "token")
    assert hook.asked == []


def test_a_name_that_also_leads_inside_is_refused(hook: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, hook.port)) for address in ("9.9.9.9", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(Inside):
        Webhooks(Graph()).post(f"http://rebinding.test:{hook.port}/", b"{}")


def test_a_query_string_stays(webhooks: Webhooks, hook: Receiver) -> None:
    webhooks.validate(hook.url("/hook?code=a%20b"), "a token & more")
    assert hook.asked == ["/hook?code=a%20b&validationToken=a%20token%20%26%20more"]


def test_a_wrong_token_is_no_validation(webhooks: Webhooks, hook: Receiver) -> None:
    hook.token = "other"
    with pytest.raises(Refused, match="token"):
        webhooks.validate(hook.url(), "token")


def test_a_token_must_come_as_plain_text(webhooks: Webhooks, hook: Receiver) -> None:
    hook.media_type = "text/html"
    with pytest.raises(Refused, match="text/plain"):
        webhooks.validate(hook.url(), "token")


def test_an_endless_answer_is_refused(webhooks: Webhooks, hook: Receiver) -> None:
    hook.token = "x" * 100_000
    with pytest.raises(Refused, match="long"):
        webhooks.validate(hook.url(), "token")


@pytest.fixture
def dripping() -> Iterator[int]:
    """The port of a server that sends a byte now and then, and never ends."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stop = threading.Event()

        def run() -> None:
            opened, _ = listening.accept()
            with opened:
                while not stop.wait(0.1):
                    try:
                        opened.sendall(b"H")
                    except OSError:
                        return

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            stop.set()
            thread.join()


def test_a_server_that_drips_gets_no_more_time(webhooks: Webhooks, dripping: int) -> None:
    began = time.monotonic()
    with pytest.raises(Refused):
        webhooks.post(f"http://127.0.0.1:{dripping}/", b"{}")
    assert time.monotonic() - began < 5
