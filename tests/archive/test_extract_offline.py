"""Recovery from nothing but packs."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from blake3 import blake3
from tests.archive.offline_stores import PLAIN, T0, Writer, sha, small_store, with_picture

from postroom.archive.offline import extract_offline, verify_offline
from postroom.archive.storage.store import Store, create_store
from postroom.archive.storage.writer import Incoming


class Extract:
    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.capsys, self.monkeypatch = capsys, monkeypatch

    def __call__(self, *arguments: object) -> tuple[int, str]:
        self.monkeypatch.setattr(sys, "argv", ["extract_offline.py", *map(str, arguments)])
        code = extract_offline.main()
        return code, self.capsys.readouterr().out


@pytest.fixture
def extract(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Extract:
    return Extract(capsys, monkeypatch)


def files(target: Path, pattern: str = "*.eml") -> dict[str, bytes]:
    return {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob(pattern)}


def test_messages_are_written_where_they_belong_now(tmp_path: Path, extract: Extract) -> None:
    small_store(tmp_path / "1")
    target = tmp_path / "out"
    assert extract(tmp_path / "1", target)[0] == 0
    found = files(target)
    assert set(found) == {
        "anna/Old/In/1.eml",
        "anna/2.eml",
        "deleted/anna/Old/In/3.eml",
        "bob/Inbox/4.eml",
        "bob/Sent/5.eml",
    }
    assert found["anna/Old/In/1.eml"] == found["bob/Sent/5.eml"] == PLAIN
    assert found["deleted/anna/Old/In/3.eml"] == with_picture(b"two")[0]


def test_a_folder_with_something_in_it_is_refused(
    tmp_path: Path, extract: Extract, capsys: pytest.CaptureFixture[str]
) -> None:
    small_store(tmp_path / "1")
    with pytest.raises(SystemExit, match="2"):
        extract(tmp_path / "1", tmp_path / "1")
    assert "is not empty" in capsys.readouterr().err


def test_the_half_of_a_message_that_a_move_split_is_followed(tmp_path: Path, extract: Extract) -> None:
    store = Writer(tmp_path / "1")
    store.message(1, b"one")
    store.message(2, b"two")
    store.event(e="occurrence", n=1, f="Other", s="s", k="x", r=None, t=T0)
    store.event(e="move", **{"from": "anna/Inbox", "to": "bob/In"}, next=3, split=[1], by="x", t=T0)
    store.event(e="delete", n=[1, 2], by="x", reason="", t=T0)
    store.commit()
    assert extract(tmp_path / "1", tmp_path / "out")[0] == 0
    assert set(files(tmp_path / "out")) == {"bob/In/1.eml", "deleted/bob/In/2.eml"}


def test_a_restored_message_is_no_longer_below_deleted(tmp_path: Path, extract: Extract) -> None:
    store = Writer(tmp_path / "1")
    store.message(1, b"one")
    store.message(2, b"two")
    store.event(e="delete", n=[1, 2], by="x", reason="", t=T0)
    store.event(e="restore", n=[2], by="x", t=T0)
    store.commit()
    assert extract(tmp_path / "1", tmp_path / "out")[0] == 0
    assert set(files(tmp_path / "out")) == {"deleted/anna/Inbox/1.eml", "anna/Inbox/2.eml"}


@pytest.mark.parametrize(
    ("place", "fault"),
    [(0, "no valid record header"), (64, "the stored bytes have changed")],
    ids=["header", "payload"],
)
def test_it_stays_below_its_folder_and_saves_what_is_sound(
    tmp_path: Path, extract: Extract, place: int, fault: str
) -> None:
    store = Writer(tmp_path / "1")
    store.message(1, b"one", archive="..", folder="../../x/./\0/CON ")
    store.message(2, b"two", archive="/", folder="a" * 500 + "/b" * 3000)
    store.commit()
    offset = len(store.data)
    store.message(3, b"three")
    store.commit()
    store.message(4, b"four")
    store.commit()
    raw = bytearray(store.path.read_bytes())
    raw[offset + place] ^= 1
    store.path.write_bytes(raw)
    target = tmp_path / "a" / "out"
    code, text = extract(tmp_path / "1", target)
    assert code == 1
    assert f"FAULT pack 1, record at {offset}: {fault}" in text
    assert sorted(path.name for path in target.rglob("*.eml")) == ["1.eml", "2.eml", "4.eml"]
    assert not [path for path in tmp_path.rglob("*.eml") if not path.is_relative_to(target)]


def test_a_broken_header_far_from_the_next_one_is_passed_over(tmp_path: Path, extract: Extract) -> None:
    store = Writer(tmp_path / "1")
    offset = len(store.data)
    store.message(1, (b"PRec" + bytes(range(256))) * 8000)
    store.commit(codec=0)
    store.message(2, b"two")
    store.commit()
    raw = bytearray(store.path.read_bytes())
    raw[offset] ^= 1
    store.path.write_bytes(raw)
    assert extract(tmp_path / "1", tmp_path / "out")[0] == 1
    assert files(tmp_path / "out") == {"anna/Inbox/2.eml": b"two"}


def test_a_message_without_one_of_its_parts_is_kept_as_far_as_it_can_be_had(tmp_path: Path, extract: Extract) -> None:
    store = Writer(tmp_path / "1")
    store.message(1, b"the beginning", body=b"the beginning", p=[13, ["i", blake3(b"lost").hexdigest()]])
    store.message(2, b"not these bytes", body=b"but these bytes")
    store.event(e="message", n=3, h=sha(b"nowhere").hex(), a="bob", f="", s="s", k="k", r=None, t=T0)
    store.commit()
    code, text = extract(tmp_path / "1", tmp_path / "out")
    assert code == 1
    assert "0 messages written" in text
    assert files(tmp_path / "out") == {}
    assert files(tmp_path / "out", "*.damaged") == {
        "anna/Inbox/1.damaged": b"the beginning",
        "anna/Inbox/2.damaged": b"but these bytes",
        "bob/3.damaged": b"",
    }


def test_both_scripts_in_one_folder_are_enough(tmp_path: Path) -> None:
    small_store(tmp_path / "1")
    for module in (verify_offline, extract_offline):
        shutil.copy(str(module.__file__), tmp_path)
    alone = [sys.executable, "extract_offline.py", "1", "out"]
    done = subprocess.run(alone, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(files(tmp_path / "out")) == 5
    assert "5 messages written" in done.stdout


def test_what_the_engine_wrote_comes_back(tmp_path: Path, extract: Extract) -> None:
    create_store(tmp_path / "1")
    bodies = [with_picture(b"number %d" % n)[0] + b"x" * n for n in range(60)]
    with Store(tmp_path / "1", pack_bytes=4_000) as store:
        for at in range(0, 60, 5):
            store.add([Incoming("anna", "Inbox", "test:", str(n), bodies[n]) for n in range(at, at + 5)])
        store.add([Incoming("bob", "In/Old", "test:", f"b{n}", bodies[n]) for n in range(3)])
        store.move_folder("anna/Inbox", "anna/Done", "admin")
        store.delete([5, 6, 7], "admin", "asked")
        store.compact()
    assert extract(tmp_path / "1", tmp_path / "out")[0] == 0
    live = [n for n in range(1, 61) if n not in (5, 6, 7)]
    expected = {f"anna/Done/{n}.eml": bodies[n - 1] for n in live}
    assert files(tmp_path / "out") == expected | {f"bob/In/Old/{n}.eml": bodies[n - 61] for n in (61, 62, 63)}
