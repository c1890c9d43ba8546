"""The server is killed while instances are made, started, frozen and deleted: nothing is there by half. `FAULT_SECONDS`
gives it more time."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
from pathlib import Path

from tests.archive import instances
from tests.faults.conftest import SEED, UnderShim
from tests.faults.instances_load import opened
from tests.faults.test_crash import SECONDS, in_time

from postroom.archive.instance.audit import SYSTEM
from postroom.archive.management.management import Management
from postroom.work import Process

MAIL = b"From: bob@example.org\r\nSubject: roof\r\n\r\nIt leaks.\r\n"


def judge(root: Path, told: list[str]) -> None:
    """What was told is so, and what is there works."""
    with opened(root) as management:
        management.audit.verify()
        names = {row.name for row in management.instances.all()}
        assert {line.removeprefix("made ") for line in told if line.startswith("made ")} - {"oak"} <= names
        if "deleting oak" not in told and "made oak" in told:
            assert "oak" in names
        if "deleted oak" in told:
            assert "oak" not in names
        for name in sorted(names):
            works(management, name, told)
        if "named" in told:
            assert management.instances.get("elm").display_name == "Elm"
        # What was deleted, or was never remembered, can be made again in the same folder.
        if "oak" not in names and management.hosts.matching():
            management.create_instance("oak", {"host": management.hosts.matching()[0].name}, SYSTEM)
            works(management, "oak", [])


def works(management: Management, name: str, told: list[str]) -> None:
    management.start(name, SYSTEM, Process("test", "admin"))
    with management.tenants.use(name) as archive:
        assert [mount.state for mount in archive.stores.all()] == ["current"]
        users = {user.name for user in archive.instance.users.all()}
        assert "admin" in users
        if name == "elm" and "anna" in told:
            assert {"anna", "$archiveadmin"} <= users
            assert archive.instance.service_provider.enabled
        archive.instance.audit.verify()
        (archive.directory / "in").mkdir()
        (archive.directory / "in" / "1.eml").write_bytes(MAIL)
        assert archive.import_mail(str(archive.directory / "in"), "anna", SYSTEM).stored == 1
        assert archive.wait_indexed(instances.WAIT_S)


def test_whatever_the_moment_nothing_is_there_by_half(under_shim: UnderShim, tmp_path: Path) -> None:
    with under_shim("tests.faults.instances_load") as child:
        assert child.stdin
        assert child.stdout

        def one(root: Path, step: int, torn: int) -> list[str]:
            print(json.dumps([str(root), step, torn]), file=child.stdin, flush=True)
            answer = json.loads(child.stdout.readline())  # type: ignore[union-attr]
            if step:
                assert not answer["status"] or os.WTERMSIG(answer["status"]) == signal.SIGKILL
            else:
                assert not answer["status"]
            told: list[str] = answer["told"]
            return told

        whole = one(tmp_path / "whole", 0, 0)
        steps = int(whole[-1].removeprefix("steps "))
        assert steps > 100
        chance = random.Random(SEED)
        for step in in_time(range(1, steps + 1), chance, at_least=4, seconds=3 * SECONDS):
            root = tmp_path / str(step)
            told = one(root, step, step % 2)
            try:
                judge(root, told)
            except Exception as error:
                error.add_note(f"killed at step {step} of {steps}, after {told}")
                raise
            shutil.rmtree(root)
        child.stdin.close()
