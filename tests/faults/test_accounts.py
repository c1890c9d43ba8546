"""Accounts: whatever moment a server, a database or a disk stops, what was acknowledged is there and nothing is half.

`FAULT_SECONDS` gives the test with random kills more time; `FAULTS=full` gives it three minutes.
"""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx2
import pytest
from tests.faults.accounts_load import (
    PASSWORD,
    ROOT,
    Client,
    ServerProcess,
    State,
    after,
    call,
    create_user,
    faults,
    observed,
    server,
    session,
)
from tests.faults.conftest import SEED
from tests.faults.test_crash import FULL, SECONDS
from tests.ports import free_port

from postroom.accounts.accounts import Accounts
from postroom.accounts.database.connect import Databases
from postroom.accounts.model import AdminChange, DomainChange
from postroom.accounts.services.access import LOCAL
from postroom.errors import Unavailable
from postroom.home import Home
from postroom.settings import Accounts as AccountsSettings
from postroom.settings import Settings

CLIENTS = 4
MOST_KILLS = 200


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """With a global admin."""
    home = Home(tmp_path / "home")
    home.create()
    home.settings_file.touch()
    with Accounts(Settings(), home.path) as accounts:
        accounts.admins.create(LOCAL, ROOT, AdminChange(password=PASSWORD, global_admin=True))
    return home


def settings_on(disk: Path) -> Settings:
    return Settings(accounts=AccountsSettings(sqlite_file=disk / "accounts.db"))


@pytest.fixture
def served(home: Home) -> Iterator[ServerProcess]:
    with server(home, free_port()) as process:
        yield process


@pytest.fixture
def sessions(served: ServerProcess) -> Iterator[list[httpx2.Client]]:
    with ExitStack() as opened:
        yield [opened.enter_context(session(served)) for _ in range(CLIENTS)]


def test_kill_minus_nine_of_a_busy_server_loses_nothing_and_halves_nothing(
    served: ServerProcess, sessions: list[httpx2.Client]
) -> None:
    chance = random.Random(SEED)
    until = time.monotonic() + (180 if FULL else 4 * SECONDS)
    states = [State() for _ in range(CLIENTS)]
    calls = kills = 0
    while kills < MOST_KILLS and (kills < 2 or time.monotonic() < until):
        clients = [
            Client(number, states[number], random.Random(chance.random()), sessions[number])
            for number in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        clients[0].join(chance.uniform(0.02, 1.0))
        served.kill()
        for client in clients:
            client.join()
            assert client.wrong == ""
            calls += client.calls
        served.start()
        kills += 1
        databases = Databases.open(Settings().accounts, served.home.path)
        try:
            for client in clients:
                judge(databases, client, sessions[client.number])
            states = [client.state for client in clients]
            assert faults(databases, states) == []
        finally:
            databases.close()
    print(f"{kills} kills, {calls} calls")


def judge(databases: Databases, client: Client, http: httpx2.Client) -> None:
    """What the client was promised is there; the cut call happened or not; repeating it completes it."""
    op = client.cut
    assert op is not None
    found, before = observed(databases, client.number), client.state
    assert found in (before, after(before, op)), f"{op.method} {op.path}"
    was_done = found != before
    answer = call(http, op)
    said = "" if answer["_success"] else str(answer["_msg"])
    if was_done and op.done_before:
        assert said == op.done_before
    else:
        assert said == ""
        found.changes += 1  # a repeat as well: the log is written last, and may be what was cut
    client.state = after(before, op)
    client.state.changes = found.changes
    assert observed(databases, client.number) == client.state


# Disks


def made_on(disk: Path, home: Home) -> None:
    """A global admin and a domain in a file on this disk."""
    with Accounts(settings_on(disk), home.path) as accounts:
        accounts.admins.create(LOCAL, ROOT, AdminChange(password=PASSWORD, global_admin=True))
        accounts.domains.create(LOCAL, "c0-0.test", DomainChange())


def test_a_full_disk_is_told_and_nothing_is_half_written(home: Home, small_disk: Path) -> None:
    made_on(small_disk, home)
    state = State({"c0-0.test": ("", 0)}, changes=1)
    file = str(small_disk / "accounts.db")
    with server(home, free_port(), ACCOUNTS_SQLITE_FILE=file) as process, session(process) as http:
        http.headers["Prefer"] = "handling=strict"
        ballast = fill(small_disk)
        for number in range(20_000):
            op = create_user(f"u{number}@c0-0.test", number)
            answer = http.request(op.method, op.path, data=op.form)
            if answer.status_code != 200:
                break
            op.apply(state)
            state.changes += 1
        assert (answer.status_code, answer.json()) == (507, {"_success": False, "_msg": "SERVER_DOWN"})
        assert http.get("/domain/c0-0.test").json()["_success"] is True
        ballast.unlink()
        expect(small_disk, home, state)
        assert call(http, op) == {"_success": True}
        expect(small_disk, home, after(state, op))


def fill(disk: Path) -> Path:
    """All but a few blocks."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    with ballast.open("r+b") as file:
        file.truncate(ballast.stat().st_size - 16 * 4096)
    return ballast


def expect(disk: Path, home: Home, state: State) -> None:
    databases = Databases.open(settings_on(disk).accounts, home.path)
    try:
        assert observed(databases, 0) == state
        assert faults(databases, [state]) == []
    finally:
        databases.close()


def test_a_file_that_can_only_be_read_is_told_and_used_again_afterwards(home: Home, small_disk: Path) -> None:
    made_on(small_disk, home)
    state = State({"c0-0.test": ("", 0)}, changes=1)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    try:
        with pytest.raises(Unavailable, match="cannot be read or written just now"):
            Accounts(settings_on(small_disk), home.path)
    finally:
        subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    expect(small_disk, home, state)
    with Accounts(settings_on(small_disk), home.path) as accounts:
        accounts.domains.create(LOCAL, "c0-1.test", DomainChange())
    state.domains["c0-1.test"] = ("", 0)
    state.changes += 1
    expect(small_disk, home, state)
