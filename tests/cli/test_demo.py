"""`postroom demo`: the journey as a user sees it."""

from __future__ import annotations

import mailbox
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.ports import free_port

from postroom.cli import local
from postroom.home import Home

OTHERS = ("iredadmin.port", "graph.port", "spe.port", "spe.session_port", "smtp.lmtp_port")
PROGRAM = Path(sys.executable).with_name("postroom")


@pytest.fixture
def at(tmp_path: Path) -> list[str]:
    """Options: a home of its own, ports nobody uses."""
    return ["--home", str(tmp_path / "demo"), *ports("mailstore.port", *OTHERS)]


def ports(*settings: str) -> list[str]:
    return [word for name in settings for word in ("--set", f"{name}={free_port()}")]


def outcomes(run: Run, *arguments: str) -> dict[str, str]:
    ended = run("demo", "--exit", "--json", *arguments)
    assert ended.code == 0, ended.err
    return {step["step"]: step["outcome"] for step in ended.json}


def test_the_journey_goes_through_and_a_second_one_stores_nothing(run: Run, at: list[str]) -> None:
    first = outcomes(run, *at)
    assert first["import"].startswith("490 messages")
    assert first["users"] == "admin, demo"
    assert "is that of the source" in first["export"]
    assert "No errors" in first["verify"]
    assert "nothing new" in outcomes(run, *at)["import"]


def test_own_mail_goes_through_all_apis_and_a_second_time_nothing_is_new(
    run: Run, at: list[str], mail: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One journey for all of it: each takes many seconds. A proxy of the environment is not asked."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    ended = run("demo", "--exit", "--json", *at, "--mail", str(mail))
    assert ended.code == 0, ended.err
    first = {step["step"]: step["outcome"] for step in ended.json}
    second = outcomes(run, *at, "--mail", str(mail))
    accounts_are_made_before_mail_is_archived(first, second)
    mail_is_received_answered_sent_and_archived(first, second)
    a_customer_has_an_archive_and_the_older_api_answers(first, second)
    all_apis_are_named(" ".join(step["outcome"] for step in ended.json if step["step"] == "API"))
    home = tmp_path / "demo"
    users = run("account", "user", "list", "example.com", "--email-only", "--json", "--home", str(home))
    assert users.json == ["anna@example.com", "bert@example.com"]
    ports_are_written_into_the_settings(run("status", "--json", "--home", str(home)).json["apis"], at)
    passwords_are_strong_and_for_the_owner_only(Home(home))


def accounts_are_made_before_mail_is_archived(first: dict[str, str], second: dict[str, str]) -> None:
    steps = list(first)
    made = ["global admin", "domain", "mail users", "throttle", "read back"]
    assert [step for step in steps if step in made] == made
    assert steps.index("read back") < steps.index("import")
    assert first["mail users"] == "anna@example.com, bert@example.com"
    assert "global admin" not in second
    assert all(second[step].startswith("nothing new") for step in ("domain", "mail users", "throttle"))


def mail_is_received_answered_sent_and_archived(first: dict[str, str], second: dict[str, str]) -> None:
    steps = list(first)
    order = ["mail users", "Graph apps", "LMTP", "O365 reads", "O365 answers", "O365 sends", "profile", "verify"]
    assert [step for step in steps if step in order] == order
    assert first["profile"].startswith("2 new of 2 messages of bert@example.com")
    assert first["search"].startswith("downpipe: 1, “Plan for the gutter”")
    assert not {"Graph apps", "O365 answers"} & second.keys()
    assert all(second[step].startswith("nothing new") for step in ("LMTP", "O365 reads", "O365 sends", "profile"))


def a_customer_has_an_archive_and_the_older_api_answers(first: dict[str, str], second: dict[str, str]) -> None:
    assert "customer1 on" in first["SPE instance"]
    assert first["SPE profile"].startswith("3 new messages of anna@example.com")
    assert "No errors" in first["SPE verify"]
    assert first["older API"].startswith("demo is Demo user")
    assert "SPE password" not in second
    assert all(second[step].startswith("nothing new") for step in ("SPE instance", "SPE profile"))


def all_apis_are_named(told: str) -> None:
    for name in ("iRedAdmin-Pro", "Graph", "Server Administration", "older Management", "Service Provider Edition"):
        assert name in told


def ports_are_written_into_the_settings(apis: list[dict[str, str]], at: list[str]) -> None:
    taken = {api["name"]: api["address"].rpartition(":")[2] for api in apis if api["enabled"]}
    assert taken.keys() == {"mailstore", "iredadmin", "graph", "smtp", "spe"}
    given = [word for word in at if "port=" in word and "session" not in word]
    assert taken == {word.partition(".")[0]: word.partition("=")[2] for word in given}


def passwords_are_strong_and_for_the_owner_only(home: Home) -> None:
    for user in ("admin", "demo", "root@example.org", "anna@example.com"):
        assert len(local.kept_password(home, user) or "") >= 20
        assert local.password_file(home, user).stat().st_mode & 0o077 == 0


def test_any_mail_will_do_also_after_other_mail(run: Run, at: list[str], mail: Path, tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "some.mbox")
    box.add(b"From: a@example.com\nSubject: Hello there\n\nFrom the sea.\n")
    box.close()
    assert "3 messages" in outcomes(run, *at, "--mail", str(mail))["import"]
    second = outcomes(run, *at, "--mail", str(tmp_path / "some.mbox"))
    assert "1 messages" in second["import"]
    assert "is that of the source" in second["export"]


def test_a_folder_without_mail_is_named(run: Run, at: list[str], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ended = run("demo", "--exit", *at, "--mail", str(tmp_path / "empty"))
    assert (ended.code, "There is no message in" in ended.err) == (1, True)


def test_a_taken_port_is_left_alone(run: Run, mail: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        options = ["--home", str(tmp_path / "demo"), *ports(*OTHERS), "--mail", str(mail)]
        ended = run("demo", "--exit", "--json", *options, "--set", f"mailstore.port={port}")
        addresses = [step["outcome"] for step in ended.json if step["step"] == "API"]
        assert addresses
        assert not [address for address in addresses if address.endswith(f":{port}")]


def test_a_home_of_somebody_else_is_refused(run: Run, home: Home, mail: Path) -> None:
    ended = run("demo", "--exit", "--home", str(home.path))
    assert ended.code == 1
    assert "was not made by this demo" in ended.err


def test_its_home_is_its_own_and_the_help_says_so(
    run: Run, home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = run("demo", "--help").out
    assert "./postroom-data-demo" in told
    assert "./postroom-data," not in told
    monkeypatch.chdir(tmp_path)
    made = tmp_path / "postroom-data-demo"
    made.mkdir()
    (made / "postroom.toml").touch()
    # Refused for its name, so nothing was asked of the home that POSTROOM_HOME names.
    assert f"The home {made} was not made by this demo" in run("demo", "--exit").err


def test_mail_that_is_not_there_is_an_error_before_anything_is_made(run: Run, at: list[str], tmp_path: Path) -> None:
    ended = run("demo", "--exit", *at, "--mail", str(tmp_path / "missing"))
    assert ended.code == 1
    assert not (tmp_path / "demo").exists()


@contextmanager
def started(at: list[str], mail: Path) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A demo that stays up, and the commands it suggests."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("POSTROOM_")}
    program = subprocess.Popen(
        [PROGRAM, "demo", *at, "--mail", str(mail)], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert program.stdout is not None
    lines: list[str] = []
    try:
        for line in program.stdout:
            lines.append(line)
            if "/api/message/" in line:
                break
        yield program, [line.strip() for line in lines if re.match(r"  \S*(postroom (call|account)|curl) ", line)]
    finally:
        program.kill()
        program.wait()
        program.stdout.close()


def test_what_it_suggests_works_and_ctrl_c_ends_it(at: list[str], mail: Path, tmp_path: Path) -> None:
    with started(at, mail) as (program, suggested):
        users, api, graph, instances, search, verify, fetch = (
            subprocess.run(["sh", "-c", line], capture_output=True, check=False, timeout=60) for line in suggested
        )
        program.send_signal(signal.SIGINT)
        assert program.wait(30) == 0
    assert b"anna@example.com" in users.stdout
    assert api.stdout.startswith(b'{"_success":true}{"_success":true,"_data":[{') or shutil.which("curl") is None
    assert b'"subject":"The gutter drips"' in graph.stdout or shutil.which("curl") is None
    assert b'"customer1"' in instances.stdout or shutil.which("curl") is None
    assert b'"total"' in search.stdout
    assert b"No errors have been found" in verify.stderr
    assert fetch.stdout in [file.read_bytes() for file in mail.iterdir()] or shutil.which("curl") is None
    assert Home(tmp_path / "demo").holder() is None
