"""`postroom account … --url`: the same commands through the API of a real server over TLS."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.conftest import Ended, Run, serving_accounts
from tests.ports import free_port

from postroom.home import Home

ADMIN = "root@example.org"
PASSWORD = "Correct-Horse-7"


@pytest.fixture
def remote(run: Run, home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """`postroom account …` that asks a server, as an admin of it."""
    for name in [name for name in os.environ if name.startswith(("IREDADMIN_", "ACCOUNT_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ACCOUNT_PASSWORD", PASSWORD)
    assert run("account", "admin", "create", ADMIN, "--global").code == 0
    with serving_accounts(home, tokens="true") as port:
        monkeypatch.setenv("IREDADMIN_URL", f"https://127.0.0.1:{port}/iredadmin")
        monkeypatch.setenv("IREDADMIN_USERNAME", ADMIN)
        monkeypatch.setenv("IREDADMIN_PASSWORD", PASSWORD)
        monkeypatch.setenv("IREDADMIN_CA_FILE", str(home.tls / "ca.pem"))

        def call(*arguments: str) -> Ended:
            return run("account", *arguments)

        yield call


def test_the_daily_work_is_the_same(remote: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert remote("domain", "create", "example.com").code == 0
    assert (
        remote("user", "create", "anna@example.com", "--name", "Anna").out == "The user anna@example.com was created.\n"
    )
    assert remote("user", "update", "anna@example.com", "--quota", "7", "--no-global").code == 0
    assert remote("throttle", "set", "example.com", "inbound", "--period", "60", "--max-msgs", "9").code == 0
    assert "Password: " in remote("user", "password", "anna@example.com", "--generate").out
    words = [
        ("domain", "list"), ("domain", "show", "example.com"), ("user", "list", "example.com"), ("admin", "list"),
        ("user", "show", "anna@example.com"), ("throttle", "show", "example.com"), ("alias", "list", "example.com"),
    ]  # fmt: skip
    there = [remote(*command, *form).out for command in words for form in ((), ("--json",))]
    assert "[API] Create mail user" in remote("log").out
    monkeypatch.delenv("IREDADMIN_URL")
    assert there == [remote(*command, *form).out for command in words for form in ((), ("--json",))]


def test_what_the_server_refuses_ends_with_1(remote: Run) -> None:
    remote("domain", "create", "example.com")
    remote("user", "create", "anna@example.com")
    for words, told in [
        (("user", "create", "anna@example.com"), "The user 'anna@example.com' exists already."),
        (("user", "show", "bert@example.com"), "There is no user 'bert@example.com'."),
        (("user", "delete", "bert@example.com", "--yes"), "There is no user 'bert@example.com'."),
        (("user", "update", "anna@example.com", "--quota", "-1"), "INVALID_NUMBER: quota"),
        (("user", "list", "nowhere.test"), "INVALID_DOMAIN_NAME"),
        (("admin", "create", "root@example.com"), "CAN_NOT_BE_LOCAL_DOMAIN"),
    ]:
        ended = remote(*words)
        assert (ended.code, ended.out) == (1, "")
        assert told in ended.err


def test_a_dry_run_changes_nothing_there(remote: Run) -> None:
    assert remote("domain", "create", "example.com", "--dry-run").code == 0
    assert remote("domain", "list", "--name-only", "--json").json == []


def test_a_confirmation_names_the_server(remote: Run) -> None:
    remote("domain", "create", "example.com")
    assert "https://127.0.0.1" in remote("domain", "delete", "example.com").err


def test_users_are_imported_through_the_api(remote: Run, tmp_path: Path) -> None:
    remote("domain", "create", "example.com")
    file = tmp_path / "users.csv"
    rows = [["mail", "password", "forwarding"], *([f"u{n}@example.com", PASSWORD, "x@example.org"] for n in range(20))]
    with file.open("w", newline="") as opened:
        csv.writer(opened).writerows([*rows, ["bad", PASSWORD, ""]])
    ended = remote("import", str(file), "--json")
    assert [ended.json[result] for result in ("created", "skipped", "failed")] == [20, 0, 1]
    assert remote("user", "show", "u3@example.com", "--json").json["forwardings"] == ["x@example.org"]
    assert remote("import", str(file), "--json").json["skipped"] == 20


def test_a_token_does_instead_of_a_password(remote: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IREDADMIN_TOKEN", remote("token", "create", ADMIN, "--name", "cli", "--json").json["token"])
    monkeypatch.delenv("IREDADMIN_PASSWORD")
    monkeypatch.delenv("IREDADMIN_USERNAME")
    assert remote("domain", "list", "--json").json == []
    assert remote("domain", "create", "example.com").code == 1  # it may only read


def test_a_wrong_password_is_refused_and_not_printed(remote: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IREDADMIN_PASSWORD", "not-the-one")
    ended = remote("domain", "list")
    assert (ended.code, "INVALID_CREDENTIALS" in ended.err) == (1, True)
    assert "not-the-one" not in ended.err


def test_an_admin_and_a_password_are_needed(remote: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IREDADMIN_PASSWORD")
    ended = remote("domain", "list")
    assert (ended.code, "IREDADMIN_PASSWORD" in ended.err) == (2, True)


@pytest.mark.parametrize(("url", "code"), [("nonsense", 2), ("https://user:secret@host.test/", 2), ("unused port", 1)])
def test_a_url_that_leads_nowhere_is_one_sentence(remote: Run, url: str, code: int) -> None:
    ended = remote("domain", "list", "--url", f"https://127.0.0.1:{free_port()}" if url == "unused port" else url)
    assert (ended.code, ended.out, ended.err.count("\n")) == (code, "", 1)
    assert "secret" not in ended.err


def test_a_certificate_of_nobody_known_is_refused(remote: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IREDADMIN_CA_FILE")
    ended = remote("domain", "list")
    assert (ended.code, "not trusted" in ended.err, "as --ca-file." in ended.err) == (1, True, True)
    assert "missing.pem" in remote("domain", "list", "--ca-file", "missing.pem").err
