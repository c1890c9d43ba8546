"""`postroom instances …`: who administers an installation, which instances there are, and calls of its API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.ports import free_port

from postroom import configuration
from postroom.app import build, engines
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.management.management import Management
from postroom.home import Home

WORD = "correct horse"


@pytest.fixture
def served(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home on which a server runs."""
    for name in ("spe.port", "spe.session_port"):
        configuration.change(home.settings_file, name, str(free_port()))
    configuration.change(home.settings_file, "spe.enabled", "true")
    settings = configuration.load(home.settings_file)
    monkeypatch.setenv("INSTANCES_PASSWORD", WORD)
    monkeypatch.setenv("MAILSTORE_PASSWORD", WORD)
    with home.lock(), engines(home, settings) as opened, build(home, settings, opened).background():
        yield home


def test_an_administrator_is_made_or_given_a_new_password(run: Run, home: Home, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{WORD}\nmore\n")
    assert "given a new password" in run("instances", "administrator", "admin", "--password-file", str(file)).out
    made = run("--json", "instances", "administrator", "anna", "--generate").json
    with Management(home.instances, configuration.load(home.settings_file)) as management:
        assert management.administrators.authenticate("admin", WORD, SYSTEM)
        assert management.administrators.authenticate("anna", made["password"], SYSTEM)
    rows = run("--json", "instances", "administrators").json
    assert [row["userName"] for row in rows] == ["admin", "anna"]
    assert "anna" in run("instances", "administrators").out


def test_without_a_password_or_with_two_it_says_what_to_do(run: Run, home: Home) -> None:
    assert "--generate" in run("instances", "administrator", "anna").err
    assert run("instances", "administrator", "anna", "--generate", "--password-file", "x").code == 2
    assert "There is none." in run("instances", "list").out


def test_the_password_can_be_set_while_a_server_runs(run: Run, served: Home) -> None:
    assert run("instances", "call", "Ping").code == 1
    assert run("instances", "administrator", "admin").code == 0
    assert run("instances", "call", "Ping").code == 0


def test_functions_are_called_by_name_and_errors_tell_the_nearest(run: Run, served: Home) -> None:
    run("instances", "administrator", "admin")
    [host] = run("instances", "call", "GetInstanceHosts").json
    config = json.dumps({"instanceID": "elm", "instanceHost": host["serverName"], "displayName": "Elm"})
    assert run("instances", "call", "createinstance", f"--config={config}").code == 0
    [row] = run("instances", "call", "GetInstances", "--instancefilter=*").json
    assert row["status"] == "running"
    told = run("instances", "call", "VerifyStores", "--instanceID=elm")
    assert "elm" not in told.out
    assert "No errors have been found" in told.err
    assert "nearest is GetInstances" in run("instances", "call", "GetInstance").err
    assert "--instanceFilter" in run("instances", "call", "GetInstances").err
    refused = run("instances", "call", "GetUsers", "--instanceID=elm")
    assert (refused.code, "does not let the service provider in" in refused.err) == (1, True)
    assert "instanceFilter" in run("instances", "call", "GetInstances", "--help").out
    [shown] = run("--json", "instances", "list").json
    assert shown == {
        "instanceID": "elm", "displayName": "Elm", "startMode": "automatic",
        "baseDirectory": str(served.instances / "elm"), "exists": True,
    }  # fmt: skip
    assert "elm" in run("instances", "list").out


def test_the_log_tells_who_called_what_on_which_instance(run: Run, served: Home) -> None:
    run("instances", "administrator", "admin")
    [host] = run("instances", "call", "GetInstanceHosts").json
    config = json.dumps({"instanceID": "elm", "instanceHost": host["serverName"]})
    run("instances", "call", "CreateInstance", f"--config={config}")
    run("instances", "call", "GetStores", "--instanceID=elm")
    run("instances", "call", "GetUsers", "--instanceID=elm")
    rows = run("--json", "instances", "log", "--user", "admin").json
    told = [(row["event"], row["target"], row["ok"]) for row in rows if row["event"] != "UserLogin"]
    assert told[:2] == [("ApiCall", "GetUsers elm", False), ("ApiCall", "GetStores elm", True)]
    assert ("InstanceCreate", "elm", True) in told
    assert "GetStores elm" in run("instances", "log", "--limit", "5").out


def test_without_a_server_the_call_says_how_to_start_one(run: Run, home: Home) -> None:
    assert "postroom serve" in run("instances", "call", "Ping").err


def test_the_status_names_both_ports(run: Run, served: Home) -> None:
    out = run("status").out
    assert "spe-session https://127.0.0.1:" in out
