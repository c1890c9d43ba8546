"""Runs of profiles are killed at any step: no mail is lost, none is doubled, what the source had is there or here, and
the next runs finish. `FAULT_SECONDS` gives it more time."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.archive import instances
from tests.faults.accounts_load import server
from tests.faults.conftest import SEED, UnderShim
from tests.faults.profiles_load import MAILS, mail, open_archive, prepared, run
from tests.faults.test_crash import SECONDS, in_time
from tests.faults.test_jobs_killed import MESSAGES, WAIT_S, client, mbox
from tests.ports import free_port

from postroom.archive.archive import Archive
from postroom.archive.automation.results import INTERRUPTED
from postroom.archive.verify.verify import verify_store
from postroom.home import Home

Kill = Callable[[Path, int, int], int]
ALWAYS = ("2020-01-01T00:00:00", "2100-01-01T00:00:00")
WANTED = Counter({mail(number): 1 for number in range(2 * MAILS)})


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("template")
    prepared(root)
    return root


@pytest.fixture
def kill(template: Path, under_shim: UnderShim) -> Iterator[Kill]:
    """Runs the profiles of a fresh copy in another process, to be killed at a step (0 = never); the steps."""
    with under_shim("tests.faults.profiles_load") as child:
        assert child.stdin
        assert child.stdout

        def one(root: Path, step: int, torn: int) -> int:
            print(json.dumps([str(template), str(root), step, torn]), file=child.stdin, flush=True)
            told = json.loads(child.stdout.readline())  # type: ignore[union-attr]
            if told["answer"]:
                return int(json.loads(told["answer"]))
            assert os.WTERMSIG(told["status"]) == signal.SIGKILL
            return 0

        yield one
        child.stdin.close()


def archived(archive: Archive) -> Counter[bytes]:
    store = archive.stores.get(1).store
    return Counter(bytes(store.open(row.number)) for row in store.catalogue.all_messages())


def judge(root: Path) -> None:
    """What must be true after a kill, and then after the next runs."""
    with open_archive(root) as archive:
        here = archived(archive)
        there = {path.read_bytes() for path in (root / "mail").rglob("*") if path.is_file()}
        assert {body for body in WANTED if body not in here} <= there | {mail(n) for n in range(MAILS, 2 * MAILS)}
        assert max(here.values(), default=1) == 1
        before = list(archive.profiles.runs(0, 1 << 60))
        first, second = run(root, archive)
        assert (first.result, first.failed, second.result) == ("completedWithErrors", 1, "succeeded")
        assert archived(archive) == WANTED
        assert [path.name for path in (root / "mail").rglob("*") if path.is_file()] == ["7.empty"]
        assert [owed.native_id for owed in archive.profiles.owed(1)] == ["|7.empty"]
        assert all(one.result in ("interrupted", "succeeded", "completedWithErrors") for one in before)
        assert archive.wait_indexed(instances.WAIT_S)
        assert instances.found(archive, "letter") == set(range(1, 2 * MAILS + 1))
        archive.instance.audit.verify()
    assert verify_store(root / "home" / "stores" / "1", lambda _done, _total: None) == []


def test_runs_that_are_killed_anywhere_lose_and_double_nothing(kill: Kill, tmp_path: Path) -> None:
    steps = kill(tmp_path / "whole", 0, 0)
    assert steps > 100
    judge(tmp_path / "whole")
    chance = random.Random(SEED)
    for step in in_time(range(1, steps + 1), chance, at_least=4, seconds=2 * SECONDS):
        root = tmp_path / str(step)
        kill(root, step, step % 2)
        try:
            judge(root)
        except Exception as error:
            error.add_note(f"killed at step {step} of {steps}")
            raise
        shutil.rmtree(root)


def test_a_server_that_is_killed_in_a_run_begins_again_where_it_was(tmp_path: Path) -> None:
    home, port = Home(tmp_path / "home"), free_port()
    home.create()
    home.settings_file.touch()
    source = home.archive / "exchange" / "mail.mbox"
    source.parent.mkdir(parents=True)
    mbox(source)
    with server(home, port, "mailstore") as process:
        with client(home, port) as calls:
            details = {"sourcePath": str(source), "targetUserFolder": "anna"}
            number = calls.CreateProfile(
                {"name": "mail", "type": "I", "connector": "MBOX", "details": details,
                 "serverSideExecution": {"automatic": True, "automaticPauseBetweenExecutions": 3600}}
            )["result"]  # fmt: skip
            end = time.monotonic() + WAIT_S
            while not calls.GetFolderStatistics()["result"]:
                assert time.monotonic() < end
                time.sleep(0.01)
        process.kill()
        process.start()
        with client(home, port) as calls:
            end = time.monotonic() + WAIT_S
            while len(runs := calls.GetWorkerResults(*ALWAYS, profileID=number)["result"]) < 2:
                assert time.monotonic() < end, runs
                time.sleep(0.05)
            assert [one["result"] for one in runs] == ["threadAbort", "succeeded"]
            assert calls.GetWorkerResultReport(runs[0]["id"])["result"]["report"] == INTERRUPTED
            assert 0 < runs[1]["itemsArchived"] < MESSAGES
            assert [row["count"] for row in calls.GetFolderStatistics()["result"]] == [MESSAGES]
