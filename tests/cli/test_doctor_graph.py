"""`postroom doctor`, `status` and `enable` on Graph and on mail that is received."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.ports import free_port

from postroom.home import Home
from postroom.web.tls import MICROSOFT, Certificate

GRAPH = ("--set", "graph.enabled=true", "--set", "graph.port=0")
MAIL = ("--set", "smtp.enabled=true", "--set", "smtp.lmtp_port=0")


def found(run: Run, check: str, *options: str) -> list[tuple[str, str]]:
    """State and message of each finding of a check."""
    ended = run("doctor", "--json", *options)
    assert ended.code == (1 if any(row["state"] == "error" for row in ended.json) else 0)
    return [(row["state"], row["message"]) for row in ended.json if row["check"] == check]


def a_user(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCOUNT_PASSWORD", "Correct-Horse-7")
    assert run("account", "domain", "create", "example.com").code == 0
    assert run("account", "user", "create", "anna@example.com").code == 0


def certificate(folder: Path, *names: str) -> list[str]:
    """Settings that name a certificate of the operator's own, which is for localhost and these names."""
    own = Certificate(folder, names).file
    return ["--set", f"web.tls_certificate={own}", "--set", f"web.tls_key={own}"]


def test_graph_is_nobodys_matter_while_it_is_off(run: Run, home: Home) -> None:
    assert found(run, "graph") == found(run, "outgoing") == []


def test_without_an_app_it_says_how_one_is_registered_and_makes_nothing(run: Run, home: Home) -> None:
    ((state, message),) = found(run, "graph", *GRAPH)
    assert (state, "postroom graph app create" in message) == ("warning", True)
    assert not home.workspace.exists()
    assert run("graph", "app", "create", "Mailer").code == 0
    assert found(run, "graph", *GRAPH) == [("ok", "1 app is registered")]


def test_users_whose_mailbox_was_never_used_are_in_order(run: Run, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    a_user(run, monkeypatch)
    assert run("graph", "app", "create", "Mailer").code == 0
    assert {state for state, _ in found(run, "graph", *GRAPH)} == {"ok"}
    assert {state for state, _ in found(run, "accounts", *GRAPH)} == {"ok"}


def test_graph_and_mail_want_users_and_no_admin(run: Run, home: Home) -> None:
    for options in (GRAPH, MAIL):
        ((state, message),) = found(run, "accounts", *options)
        assert (state, "postroom account user create" in message) == ("warning", True)


def test_mail_to_others_needs_a_smarthost(run: Run, home: Home) -> None:
    ((state, message),) = found(run, "outgoing", *MAIL)
    assert (state, "outgoing.smarthost" in message) == ("warning", True)
    ((state, _),) = found(run, "outgoing", *MAIL, "--set", "outgoing.smarthost=mail.example.net")
    assert state == "ok"


def test_the_ports_of_proxy_and_lmtp_are_looked_at(run: Run, home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for settings, name in (
            (["graph.enabled=true", f"graph.port={free_port()}", "graph.proxy=true"], "graph.proxy_port"),
            (["smtp.enabled=true"], "smtp.lmtp_port"),
        ):
            options = [word for one in (*settings, f"{name}={port}") for word in ("--set", one)]
            errors = [message for state, message in found(run, "ports", *options) if state == "error"]
            assert len(errors) == 1
            assert f"--set {name}" in errors[0]


def test_an_own_certificate_must_be_for_the_names_of_microsoft_when_the_proxy_is_on(
    run: Run, home: Home, tmp_path: Path
) -> None:
    proxy = ("--set", "graph.proxy=true", "--set", "graph.proxy_port=0")
    few, all_ = certificate(tmp_path / "few"), certificate(tmp_path / "all", *MICROSOFT)
    assert "error" not in {state for state, _ in found(run, "graph", *GRAPH, *few)}
    (error,) = [message for state, message in found(run, "graph", *GRAPH, *proxy, *few) if state == "error"]
    assert "login.microsoftonline.com" in error
    assert "error" not in {state for state, _ in found(run, "graph", *GRAPH, *proxy, *all_)}


def test_the_host_of_the_links_must_be_in_the_certificate(run: Run, home: Home, tmp_path: Path) -> None:
    base = ("--set", "graph.base_url=https://graph.example.com")
    (error,) = [message for state, message in found(run, "graph", *GRAPH, *base) if state == "error"]
    assert "web.names" in error
    named = ("--set", "web.names=graph.example.com")
    assert "error" not in {state for state, _ in found(run, "graph", *GRAPH, *base, *named)}
    given = certificate(tmp_path / "own", "*.example.com")
    assert "error" not in {state for state, _ in found(run, "graph", *GRAPH, *base, *given)}
    assert "error" in {state for state, _ in found(run, "graph", *GRAPH, *base, *certificate(tmp_path / "other"))}


def test_rules_that_make_requests_fail_are_not_forgotten(run: Run, home: Home, tmp_path: Path) -> None:
    file = tmp_path / "faults.toml"
    file.write_text('[[rule]]\npath = "/me"\n')
    option = ("--set", f"graph.faults_file={file}")
    assert any("makes requests fail" in message for _, message in found(run, "graph", *GRAPH, *option))
    file.unlink()
    assert {state for state, message in found(run, "graph", *GRAPH, *option) if "faults" in message} == {"ok"}
    file.write_text("rule = 1")
    assert "error" in {state for state, _ in found(run, "graph", *GRAPH, *option)}


def test_status_names_every_listener(run: Run, home: Home, tmp_path: Path) -> None:
    options = [*GRAPH, "--set", "graph.proxy=true", *MAIL, "--set", f"smtp.lmtp_socket={tmp_path}/lmtp"]
    apis = {api["name"]: api for api in run("status", "--json", *options).json["apis"]}
    assert apis["graph"]["listeners"] == {"graph": "https://127.0.0.1:0", "graph-proxy": "http://127.0.0.1:8444"}
    assert apis["smtp"]["listeners"] == {"lmtp": "127.0.0.1:0", "lmtp-socket": f"{tmp_path}/lmtp"}
    shown = run("status", *options).out
    assert "graph      on   https://127.0.0.1:0, graph-proxy http://127.0.0.1:8444" in shown
    assert "policy     off" in shown


def test_mail_can_be_switched_on_and_off(run: Run, home: Home) -> None:
    assert run("enable", "smtp", "--json").json == {"api": "smtp", "enabled": True, "port": 2424, "restart": False}
    assert "127.0.0.1:2424" in run("enable", "smtp").out
    assert run("disable", "smtp").code == 0
    assert run("doctor").code == 0
