"""`postroom archive profiles …` on a home without a server."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Run

from postroom.home import Home


@pytest.fixture
def mail(tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two messages that profiles may read."""
    folder = tmp_path / "mail"
    folder.mkdir()
    for number in range(2):
        (folder / f"{number}.eml").write_text(f"From: a@example.org\nSubject: letter {number}\n\nText.\n")
    monkeypatch.setenv("POSTROOM_ARCHIVE_ALLOWED_PATHS", str(tmp_path))
    return folder


def created(run: Run, mail: Path, *more: str) -> str:
    done = run(
        "archive", "profiles", "create", "letters", "--connector", "eml", f"sourcePath={mail}", "targetUserFolder=anna",
        *more, "--json",
    )  # fmt: skip
    assert done.code == 0, done.err
    return str(done.json["id"])


def test_a_profile_is_made_listed_changed_and_deleted(run: Run, mail: Path) -> None:
    number = created(run, mail)
    assert "letters" in run("archive", "profiles", "list").out
    assert run("archive", "profiles", "set", number, "targetFolder=Old", "--name", "others").code == 0
    shown = run("archive", "profiles", "show", number, "--json").json
    assert (shown["name"], shown["details"]["targetFolder"], shown["owner"]) == ("others", "Old", "admin")
    assert run("archive", "profiles", "set", number).code != 0
    assert run("archive", "profiles", "delete", number).code == 0
    assert run("archive", "profiles", "list", "--json").json == []
    assert run("archive", "profiles", "show", number).code != 0


def test_a_run_tells_what_it_did_and_fails_until_everything_arrived(run: Run, mail: Path) -> None:
    number = created(run, mail)
    done = run("archive", "profiles", "run", number)
    assert (done.code, done.out.strip()) == (0, "succeeded: 2 new, 0 known, 0 failed. Run 1.")
    (mail / "empty.eml").touch()
    assert run("archive", "profiles", "run", number).code == 1
    problems = run("archive", "profiles", "problems", number)
    assert problems.code == 1
    assert "empty file" in problems.out
    assert "empty file" in run("archive", "profiles", "report", "2").out
    checked = run("archive", "profiles", "check", number)
    assert (checked.code, "Not complete." in checked.out) == (1, True)
    (mail / "empty.eml").unlink()
    assert run("archive", "profiles", "run", number).code == 0
    assert run("archive", "profiles", "problems", number).code == 0
    assert "Complete." in run("archive", "profiles", "check", number).out
    rows = run("archive", "profiles", "runs", "--profile", number, "--json").json
    assert [row["result"] for row in rows] == ["succeeded", "completedWithErrors", "succeeded"]


def test_when_the_server_runs_a_profile_is_set_and_taken_back(run: Run, mail: Path) -> None:
    number = created(run, mail)
    assert run("archive", "profiles", "automatic", number).code != 0
    assert run("archive", "profiles", "automatic", number, "--pause", "60", "--windows", "noon").code != 0
    assert run("archive", "profiles", "automatic", number, "--pause", "60", "--windows", "22:00-06:00").code == 0
    assert "every 60 s, not 22:00-06:00" in run("archive", "profiles", "list").out
    assert run("archive", "profiles", "automatic", number, "--off").code == 0
    assert "every" not in run("archive", "profiles", "list").out


def test_connectors_and_their_keys_are_told(run: Run, home: Home) -> None:
    rows = run("archive", "profiles", "connectors", "--json").json
    assert {"type": "I", "connector": "PST"} in rows
    assert {"type": "E", "connector": "MBOX"} in rows
    keys = {row["key"] for row in run("archive", "profiles", "connectors", "mbox", "--type", "E", "--json").json}
    assert keys == {"targetPath", "updateExisting", "sourceFolder", "query", "retainFolderStructure"}
    assert run("archive", "profiles", "connectors", "nonsense").code != 0


def test_a_password_comes_from_a_file_and_is_not_shown(run: Run, home: Home, tmp_path: Path) -> None:
    (tmp_path / "word").write_text("hush-hush\n")
    done = run(
        "archive", "profiles", "create", "mailbox", "--connector", "IMAP", "host=mail.example.org", "userName=anna",
        f"password=@{tmp_path / 'word'}", "targetUserFolder=anna",
    )  # fmt: skip
    assert done.code == 0, done.err
    for command in (("list",), ("show", "1")):
        told = run("archive", "profiles", *command, "--json")
        assert told.code == 0
        assert "hush" not in told.out + told.err
