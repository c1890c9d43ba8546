"""Unchanged Microsoft clients, which find us by HTTPS_PROXY and a CA file alone."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msal
import pytest
import requests
from tests.accounts.services.process import wait_until
from tests.faces.graph.signin.conftest import World, serving
from tests.workspace.signin.known import ANNA, PASSWORD

from postroom.errors import Unavailable
from postroom.faces.graph.proxy import Proxy
from postroom.web.tls import MICROSOFT

SCOPES = ["https://graph.microsoft.com/Mail.Read"]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with serving(tmp_path, with_proxy=True) as made:
        for name in ("https_proxy", "ALL_PROXY", "all_proxy", "CURL_CA_BUNDLE", "NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{made.ports['graph-proxy']}")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(made.ca))
        yield made


def test_msal_signs_in_without_being_told_of_us(world: World) -> None:
    world.allow("Mail.Read")
    world.signin.apps.grant_roles(world.web.id, ["Mail.Read"])
    # A user's own tenant, by name; instance discovery, user realm and all else as MSAL does it by itself.
    program: Any = msal.ConfidentialClientApplication(
        world.web.id, client_credential=world.secret, authority="https://login.microsoftonline.com/post.test"
    )
    alone = program.acquire_token_for_client(["https://graph.microsoft.com/.default"])
    assert world.signin.tokens.verify(alone["access_token"]).roles == {"Mail.Read"}
    told = program.acquire_token_by_username_password(ANNA.address, PASSWORD, SCOPES)
    assert world.signin.tokens.verify(told["access_token"]).user_id == ANNA.id
    assert told["id_token_claims"]["iss"] == f"https://login.microsoftonline.com/{world.signin.tenant}/v2.0"
    (account,) = program.get_accounts(ANNA.address)
    renewed = program.acquire_token_silent(SCOPES, account=account, force_refresh=True)
    assert world.signin.tokens.verify(renewed["access_token"]).scopes == {"Mail.Read"}


@pytest.mark.parametrize("name", MICROSOFT)
def test_microsofts_names_lead_to_us_with_a_certificate_for_them(world: World, name: str) -> None:
    assert requests.get(f"https://{name}/common/oauth2/nativeclient", timeout=20).status_code == 200


def test_other_names_are_refused_and_noted(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), pytest.raises(requests.exceptions.ProxyError, match="403"):
        requests.get("https://example.com/", timeout=20)
    assert "CONNECT example.com:443" in caplog.text


@pytest.mark.parametrize(
    "line",
    [
        "CONNECT graph.microsoft.com:80 HTTP/1.1", "GET http://graph.microsoft.com/ HTTP/1.1", "CONNECT x",
        "CONNECT localhost:443 HTTP/1.1", "CONNECT evil.test/graph.microsoft.com:443 HTTP/1.1",
        "CONNECT graph.microsoft.com.evil.test:443 HTTP/1.1", "CONNECT graph.microsoft.com:99999 HTTP/1.1", "\x00\xff",
    ],
)  # fmt: skip
def test_whatever_else_is_asked_is_refused(world: World, line: str) -> None:
    with socket.create_connection(("127.0.0.1", world.ports["graph-proxy"]), timeout=20) as asking:
        asking.sendall(line.encode("latin-1") + b"\r\n\r\n")
        assert asking.recv(4096).startswith(b"HTTP/1.1 403 ")
        assert asking.recv(4096) == b""


def test_a_head_without_end_is_cut(world: World) -> None:
    with socket.create_connection(("127.0.0.1", world.ports["graph-proxy"]), timeout=20) as asking:
        asking.sendall(b"CONNECT graph.microsoft.com:443 HTTP/1.1\r\n" + b"x: y\r\n" * 6000)
        with suppress(ConnectionResetError):  # for what it had not read yet
            assert asking.recv(4096) == b""


def test_open_tunnels_do_not_keep_the_server_from_stopping(tmp_path: Path) -> None:
    with serving(tmp_path, with_proxy=True) as world:
        tunnel = socket.create_connection(("127.0.0.1", world.ports["graph-proxy"]), timeout=20)
        tunnel.sendall(b"CONNECT graph.microsoft.com:443 HTTP/1.1\r\n\r\n")
        assert tunnel.recv(4096).startswith(b"HTTP/1.1 200 ")
        context = ssl.create_default_context(cafile=world.ca)
        inside = context.wrap_socket(tunnel, server_hostname="graph.microsoft.com")
    with suppress(OSError):  # it may as well be cut
        assert inside.recv(10) == b""
    inside.close()


def test_a_tunnel_ends_with_either_side(world: World) -> None:
    before = requests.Session()
    before.get("https://graph.microsoft.com/common/oauth2/nativeclient", timeout=20)
    before.close()
    with socket.create_connection(("127.0.0.1", world.ports["graph-proxy"]), timeout=20) as asking:
        asking.sendall(b"CONNECT graph.microsoft.com:443 HTTP/1.1\r\n\r\n")
        assert asking.recv(4096).startswith(b"HTTP/1.1 200 ")
        asking.sendall(b"this is no TLS at all\r\n\r\n")
        told = bytearray()
        wait_until(lambda: _over(asking, told), "the end of the tunnel")


def _over(asking: socket.socket, told: bytearray) -> bool:
    try:
        piece = asking.recv(4096)
    except ConnectionResetError:
        return True
    told += piece
    return not piece


def test_a_taken_port_is_told_as_such() -> None:
    first = Proxy(0, lambda: ("127.0.0.1", 1))
    with pytest.raises(Unavailable, match=r"graph\.proxy_port"):
        Proxy(first.port, lambda: ("127.0.0.1", 1))
    first.stop()
