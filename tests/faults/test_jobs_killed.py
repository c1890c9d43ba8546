"""`postroom serve` is killed while a job runs: its result says so, and the next run goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.faults.accounts_load import server
from tests.ports import free_port

from mailstore.server import Client
from postroom.archive.automation.results import INTERRUPTED
from postroom.home import Home

MESSAGES = 20_000
WAIT_S = 120.0


def mbox(path: Path) -> None:
    """Enough mail for an import that lasts until somebody kills it."""
    with path.open("w") as file:
        for number in range(MESSAGES):
            file.write(f"From a@example.com Sun Mar  1 10:00:00 2026\nSubject: {number}\n\nBody {number}\n\n")


@contextmanager
def client(home: Home, port: int) -> Iterator[Client]:
    with Client(port=port, ca_file=home.tls / "ca.pem", logLevel=0, timeout=WAIT_S, raiseOnError=True) as opened:
        yield opened


def runs(client: Client) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = client.GetJobResults("2020-01-01T00:00:00", "2100-01-01T00:00:00")["result"]
    return result


def last(client: Client, *wanted: str) -> dict[str, Any]:
    """The last run, once its result is one of these."""
    end = time.monotonic() + WAIT_S
    while not (found := runs(client)) or found[-1]["result"] not in wanted:
        assert time.monotonic() < end, found
        time.sleep(0.01)
    return found[-1]


def test_a_run_that_a_kill_ended_says_so_and_the_next_one_completes_its_work(tmp_path: Path) -> None:
    home, port = Home(tmp_path / "home"), free_port()
    home.create()
    home.settings_file.touch()
    source = home.archive / "exchange" / "mail.mbox"
    source.parent.mkdir(parents=True)
    mbox(source)
    with server(home, port, "mailstore") as process:
        with client(home, port) as calls:
            job = calls.CreateJob("import", f"ImportMessages --path={source} --archive=anna", "admin", interval="720")
            calls.RunJobAsync(job["result"])
            begun = last(calls, "running")
            assert begun["endTime"] is None
        process.kill()
        process.start()
        with client(home, port) as calls:
            cut = last(calls, "failed")
            assert cut == {**begun, "result": "failed", "output": INTERRUPTED, "endTime": cut["endTime"],
                           "completeTime": cut["endTime"]}  # fmt: skip
            assert cut["endTime"] >= cut["startTime"]
            calls.RunJobAsync(job["result"])
            again = last(calls, "succeeded", "completedWithErrors")
            assert (again["result"], again["id"]) == ("succeeded", begun["id"] + 1)
            assert [row["count"] for row in calls.GetFolderStatistics()["result"]] == [MESSAGES]
