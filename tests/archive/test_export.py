"""Exports are read back with the standard library and by the offline verifier, after every kind of interruption."""

from __future__ import annotations

import fcntl
import hashlib
import json
import mailbox
import os
import re
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.archive.body import Body, chunks, spool
from postroom.archive.export import export as export_module
from postroom.archive.export import forms as export_forms
from postroom.archive.export.export import Exported, ExportItem, FormName, export
from postroom.archive.export.names import folder_paths, message_name, safe_name, subject
from postroom.archive.offline import verify_export_offline, verify_offline
from postroom.archive.storage import ledger
from postroom.archive.storage.ledger import Batch, Proof
from postroom.errors import Cancelled, Damaged, Invalid, NoSpace, NotFound, Unavailable, WrongState

FORMS = get_args(FormName)
T0 = 1_700_000_000_000


class Shelf:
    """A store in memory: its batches are true, two messages each."""

    def __init__(self, number: int, messages: list[tuple[str, str, bytes]]) -> None:
        self.id, self.uuid = number, UUID(int=number)
        self.bodies = {n: body for n, (_, _, body) in enumerate(messages, 1)}
        self.items = [ExportItem(number, n, a, f) for n, (a, f, _) in enumerate(messages, 1)]
        self._proofs: dict[int, Proof] = {}
        self._batches: list[Batch] = []
        for first in range(1, len(messages) + 1, 2):
            self.commit([n for n in (first, first + 1) if n in self.bodies])

    def commit(self, numbers: list[int]) -> None:
        digests = [hashlib.sha256(self.bodies[n]).digest() for n in numbers]
        metas = [json.dumps({"n": n, "r": T0 + n * 60_000 if n % 2 else None, "t": T0}).encode() for n in numbers]
        leaves = [ledger.leaf_hash(digest + meta) for digest, meta in zip(digests, metas, strict=True)]
        prev = self._batches[-1].chain if self._batches else ledger.GENESIS
        number, root = len(self._batches) + 1, ledger.root(leaves)
        value = ledger.chain(prev, root, number, T0 + number, len(leaves))
        batch = Batch(number, T0 + number, len(leaves), root, prev, value)
        self._batches.append(batch)
        for index, n in enumerate(numbers):
            path = tuple(ledger.path(leaves, index))
            self._proofs[n] = Proof(self.uuid, batch, index, digests[index], metas[index], path)

    def open(self, message: int) -> Body:
        return self.bodies[message]

    def proof(self, message: int) -> Proof:
        if message not in self._proofs:
            raise NotFound("message", message)
        return self._proofs[message]

    def batches(self, first: int = 1) -> Iterator[Batch]:
        yield from self._batches[first - 1 :]


MESSAGES = [
    ("anna", "Inbox", b"Subject: first\n\nFrom here\n>From there\nFrom\n"),
    ("anna", "Inbox/Work", b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nFrom afar\r\n"),
    ("anna", "", b"Subject: no line end\n\nFrom x"),
    ("bob", "Sent/../../etc", b"Subject: ../../evil\n\n" + bytes(range(256)) * 300),
    ("anna", "Inbox", b""),
    ("anna", "INBOX", b"From anna Mon Jan  1 00:00:00 2024\nSubject: first\n\n.\n"),
    ("con", "a:b", b"no header at all"),
]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(1, MESSAGES)


@pytest.fixture(autouse=True)
def _still_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: T0 * 1_000_000)


def target_of(tmp_path: Path, form: FormName, name: str = "out") -> Path:
    return tmp_path / (name + ".zip" if form == "zip" else name)


def snapshot(target: Path) -> dict[str, tuple[bytes, int]]:
    """Every byte and, for files of their own, the time."""
    if target.is_file():
        return {"": (target.read_bytes(), 0)}
    return {
        str(path.relative_to(target)): (path.read_bytes(), int(path.stat().st_mtime) if path.suffix == ".eml" else 0)
        for path in target.rglob("*")
        if path.is_file()
    }


def manifest(target: Path) -> list[dict[str, object]]:
    if target.is_file():
        with zipfile.ZipFile(target) as archive:
            raw = archive.read("manifest.jsonl")
    else:
        raw = (target / "manifest.jsonl").read_bytes()
    return [json.loads(line) for line in raw.splitlines()]


Verify = Callable[..., tuple[int, str]]


@pytest.fixture
def verify(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Verify:
    def run(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["verify_offline.py", *map(str, arguments)])
        code = verify_offline.main()
        return code, capsys.readouterr().out

    return run


@pytest.mark.parametrize("form", FORMS)
def test_an_export_is_sound_and_its_head_is_that_of_the_store(
    tmp_path: Path, shelf: Shelf, form: FormName, verify: Verify
) -> None:
    target, told = target_of(tmp_path, form), list[tuple[int, int]]()
    result = export({1: shelf}, shelf.items, target, form, progress=lambda *now: told.append(now))
    assert result == Exported(7, sum(len(body) for _, _, body in MESSAGES), 0, target)
    assert told == [(done, 7) for done in range(8)]
    head = list(shelf.batches())[-1].chain.hex()
    code, text = verify(target, "--head", head)
    assert code == 0, text
    assert "7 of 7 messages" in text
    assert "that of batch 4" in text
    assert head in text
    assert sorted(path.name for path in tmp_path.iterdir()) == [target.name]


def test_eml_files_are_the_exact_messages(tmp_path: Path, shelf: Shelf) -> None:
    export({1: shelf}, shelf.items, tmp_path / "out", "eml")
    for line, (archive, folder, body) in zip(manifest(tmp_path / "out")[1:8], MESSAGES, strict=True):
        assert (line["archive"], line["folder"]) == (archive, folder)
        path = tmp_path / "out" / str(line["file"])
        assert path.read_bytes() == body
        assert path.stat().st_mtime == (T0 + int(str(line["id"])[2:]) % 2 * int(str(line["id"])[2:]) * 60_000) / 1000
    assert (tmp_path / "out" / "anna/Inbox~2/Work/Grüße (1-2).eml").exists()


def test_zip_is_read_by_the_standard_library(tmp_path: Path, shelf: Shelf) -> None:
    export({1: shelf}, shelf.items, tmp_path / "o.zip", "zip")
    with zipfile.ZipFile(tmp_path / "o.zip") as archive:
        assert archive.testzip() is None
        assert [archive.read(info) for info in archive.infolist()][:-1] == [body for _, _, body in MESSAGES]
        assert archive.infolist()[0].date_time == (2023, 11, 14, 22, 14, 20)


def test_zip_beyond_four_gigabytes_uses_the_large_fields(
    tmp_path: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch, verify: Verify
) -> None:
    monkeypatch.setattr(export_forms, "LARGE_BYTES", 40)
    export({1: shelf}, shelf.items, tmp_path / "o.zip", "zip")
    with zipfile.ZipFile(tmp_path / "o.zip") as archive:
        assert archive.testzip() is None
        assert [archive.read(info) for info in archive.infolist()][:-1] == [body for _, _, body in MESSAGES]
    assert verify(tmp_path / "o.zip")[0] == 0


def test_mbox_is_read_by_the_standard_library(tmp_path: Path, shelf: Shelf) -> None:
    export({1: shelf}, shelf.items, tmp_path / "out", "mbox")
    found = []
    for path in sorted((tmp_path / "out").rglob("*.mbox")):
        box = mailbox.mbox(path, create=False)
        found += [re.sub(rb"(?m)^>(>*From )", rb"\1", box.get_bytes(key)) for key in box.iterkeys()]
        box.close()
    expected = [body if body.endswith(b"\n") else body + b"\n" for _, _, body in MESSAGES]
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("stop", range(8))
@pytest.mark.parametrize("sync_every", [1, 3, 100])
def test_an_export_cancelled_anywhere_goes_on_to_the_identical_result(
    tmp_path: Path, shelf: Shelf, form: FormName, stop: int, sync_every: int
) -> None:
    export({1: shelf}, shelf.items, target_of(tmp_path, form, "straight"), form)
    target = target_of(tmp_path, form)

    def cancel(done: int, _total: int) -> None:
        if done == stop:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        export({1: shelf}, shelf.items, target, form, progress=cancel, sync_every=sync_every)
    told: list[int] = []
    export({1: shelf}, shelf.items, target, form, progress=lambda done, _: told.append(done))
    assert told[0] == stop  # nothing was done twice
    assert snapshot(target) == snapshot(target_of(tmp_path, form, "straight"))


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("stop", range(1, 8))
@pytest.mark.parametrize("error", [Killed(), OSError(28, "No space left on device")])
def test_an_export_that_dies_while_writing_goes_on_to_the_identical_result(
    tmp_path: Path,
    shelf: Shelf,
    form: FormName,
    stop: int,
    error: BaseException,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    export({1: shelf}, shelf.items, target_of(tmp_path, form, "straight"), form)
    target, left = target_of(tmp_path, form), [stop]

    def dying(body: Body) -> Iterator[bytes]:
        left[0] -= 1
        if not left[0]:
            yield bytes(body[: len(body) // 2])
            raise error
        yield from chunks(body)

    with monkeypatch.context() as patch:
        patch.setattr(export_module, "chunks", dying)
        with pytest.raises(NoSpace if isinstance(error, OSError) else Killed):
            export({1: shelf}, shelf.items, target, form, sync_every=2)
    assert not list(tmp_path.rglob("*.eml.part"))
    result = export({1: shelf}, shelf.items, target, form)
    assert result.messages == 7
    assert snapshot(target) == snapshot(target_of(tmp_path, form, "straight"))


@pytest.mark.parametrize("form", FORMS)
def test_what_a_crash_left_behind_the_last_sync_is_overwritten(tmp_path: Path, shelf: Shelf, form: FormName) -> None:
    export({1: shelf}, shelf.items, target_of(tmp_path, form, "straight"), form)
    target = target_of(tmp_path, form)

    def cancel(done: int, _total: int) -> None:
        if done == 5:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        export({1: shelf}, shelf.items, target, form, progress=cancel)
    torn = {"eml": "anna/INBOX/first (1-6).eml", "mbox": "anna/INBOX.mbox", "zip": "../out.zip.part"}[form]
    if form != "zip":
        (target / torn).parent.mkdir(exist_ok=True)
    for path in [*tmp_path.rglob("*manifest*.part"), Path(os.path.normpath(tmp_path / "out" / torn))]:
        with path.open("ab") as file:
            file.write(b'{"torn": \xff')
    export({1: shelf}, shelf.items, target, form)
    assert snapshot(target) == snapshot(target_of(tmp_path, form, "straight"))


@pytest.mark.parametrize("form", FORMS)
def test_the_chain_goes_on_to_the_head_of_the_day_the_export_ends(
    tmp_path: Path, shelf: Shelf, form: FormName, verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = target_of(tmp_path, form)
    with monkeypatch.context() as patch:
        patch.setattr(export_module._Place, "publish", lambda _self: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            export({1: shelf}, shelf.items[2:4], target, form)
    shelf.bodies[8] = b"later"
    shelf.commit([8])
    export({1: shelf}, shelf.items[2:4], target, form)
    lines = manifest(target)
    assert [line["batch"] for line in lines if "chain" in line] == [2, 3, 4, 5]  # from the first one in use
    assert verify(target)[0] == 0


def test_messages_of_several_stores_are_proved_each_by_its_own_chain(tmp_path: Path, verify: Verify) -> None:
    one, two = Shelf(1, MESSAGES), Shelf(2, MESSAGES[::-1])
    export({1: one, 2: two, 3: Shelf(3, [])}, one.items + two.items, tmp_path / "out", "eml")
    code, text = verify(tmp_path / "out")
    assert code == 0, text
    assert "head of store 2" in text
    assert manifest(tmp_path / "out")[0]["stores"] == {"1": str(one.uuid), "2": str(two.uuid)}


@pytest.mark.parametrize("form", FORMS)
def test_a_message_that_cannot_be_read_is_named_and_the_rest_is_exported(
    tmp_path: Path, shelf: Shelf, form: FormName, verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.bodies[2] += b"changed"
    del shelf._proofs[4]
    shelf._proofs[6] = replace(shelf._proofs[6], meta=b"?")
    whole = shelf.open

    def damaged(message: int) -> Body:
        if message == 5:
            raise Damaged("pack 1, record at 64: broken")
        return whole(message)

    monkeypatch.setattr(shelf, "open", damaged)
    target = target_of(tmp_path, form)
    result = export({1: shelf}, shelf.items, target, form)
    assert (result.messages, result.failed) == (3, 4)
    assert [line["id"] for line in manifest(target) if "error" in line] == ["1:2", "1:4", "1:5", "1:6"]
    code, text = verify(target)
    assert code == 0, text
    assert "NOT EXPORTED message 1:5: pack 1, record at 64: broken" in text


@pytest.mark.parametrize("form", FORMS)
def test_an_export_of_nothing_that_can_be_read_is_a_sound_empty_export(
    tmp_path: Path, shelf: Shelf, form: FormName, verify: Verify
) -> None:
    shelf._proofs.clear()
    assert export({1: shelf}, shelf.items, target_of(tmp_path, form), form).messages == 0
    code, text = verify(target_of(tmp_path, form))
    assert code == 0, text


def test_a_large_message_is_streamed_from_its_map(tmp_path: Path, verify: Verify) -> None:
    body = b"Subject: large\n\n" + b"From me\n" * 2_000_000
    shelf = Shelf(1, [("anna", "Inbox", body)])
    shelf.bodies[1] = spool(body[at : at + 999_983] for at in range(0, len(body), 999_983))  # type: ignore[assignment]
    export({1: shelf}, shelf.items, tmp_path / "out", "mbox")
    assert verify(tmp_path / "out")[0] == 0


# Targets


@pytest.mark.parametrize("form", FORMS)
def test_a_target_that_is_not_ours_is_left_alone(tmp_path: Path, shelf: Shelf, form: FormName) -> None:
    target = target_of(tmp_path, form)
    if form == "zip":
        target.write_bytes(b"mine")
    else:
        target.mkdir()
        (target / "mine").write_bytes(b"mine")
    before = snapshot(target)
    with pytest.raises(WrongState, match="Choose a new target"):
        export({1: shelf}, shelf.items, target, form)
    assert snapshot(target) == before
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("form", FORMS)
def test_a_finished_export_is_not_written_again(tmp_path: Path, shelf: Shelf, form: FormName) -> None:
    target = target_of(tmp_path, form)
    export({1: shelf}, shelf.items, target, form)
    with pytest.raises(WrongState):
        export({1: shelf}, shelf.items, target, form)


def test_files_in_the_way_are_left_alone(tmp_path: Path, shelf: Shelf) -> None:
    (tmp_path / "o.zip.part").write_bytes(b"mine")
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(WrongState):
        export({1: shelf}, shelf.items, tmp_path / "o.zip", "zip")
    with pytest.raises(WrongState):
        export({1: shelf}, shelf.items, tmp_path / "file", "eml")


@pytest.mark.parametrize("form", FORMS)
def test_an_unfinished_export_of_other_messages_is_left_alone(tmp_path: Path, shelf: Shelf, form: FormName) -> None:
    target = target_of(tmp_path, form)

    def cancel(done: int, _total: int) -> None:
        if done == 3:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        export({1: shelf}, shelf.items, target, form, progress=cancel)
    with pytest.raises(WrongState, match="unfinished export of other messages"):
        export({1: shelf}, shelf.items[1:], target, form)
    assert export({1: shelf}, shelf.items, target, form).messages == 7


def test_two_exports_do_not_write_to_one_target(tmp_path: Path, shelf: Shelf) -> None:
    (tmp_path / "out").mkdir()
    with (tmp_path / "out" / "manifest.jsonl.part").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Unavailable, match="Another export"):
            export({1: shelf}, shelf.items, tmp_path / "out", "eml")
    export({1: shelf}, shelf.items, tmp_path / "out", "eml")


def test_wrong_arguments_are_refused_before_anything_is_written(tmp_path: Path, shelf: Shelf) -> None:
    with pytest.raises(Invalid):
        export({1: shelf}, shelf.items, tmp_path / "out", "pst")  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        export({2: shelf}, shelf.items, tmp_path / "out", "eml")
    assert not list(tmp_path.iterdir())


# What the verifier finds


def edited(target: Path, edit: Callable[[list[dict[str, object]]], None]) -> None:
    lines = manifest(target)
    edit(lines)
    (target / "manifest.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def proof_edit(key: str, value: object) -> Callable[[list[dict[str, object]]], None]:
    def edit(lines: list[dict[str, object]]) -> None:
        proof = lines[1]["proof"]
        assert isinstance(proof, dict)
        proof[key] = value

    return edit


EDITS: list[tuple[Callable[[list[dict[str, object]]], None], str]] = [
    (proof_edit("meta", '{"n":1,"a":"bob"}'), "the proof does not hold"),
    (proof_edit("index", 1), "the proof does not hold"),
    (proof_edit("index", 2), "not in the batch"),
    (proof_edit("path", []), "too short"),
    (proof_edit("path", ["00" * 32] * 2), "too long"),
    (proof_edit("batch", 9), "batch 9 is not in the manifest"),
    (proof_edit("digest", "11" * 32), "another message"),
    (proof_edit("digest", None), "message 1:1"),
    (lambda lines: lines[1].__delitem__("proof"), "message 1:1"),
    (lambda lines: lines[1].update(sha256="11" * 32), "another message"),
    (lambda lines: lines[1].update(file="../../etc/passwd"), "outside"),
    (lambda lines: lines[1].update(file="/etc/passwd"), "outside"),
    (lambda lines: lines[1].update(file="gone.eml"), "message 1:1"),
    (lambda lines: lines[9].update(t=0), "the chain value is wrong"),
    (lambda lines: lines[9].update(root="11" * 32), "the chain value is wrong"),
    (lambda lines: lines.__delitem__(9), "does not follow batch 1"),
    (lambda lines: lines.__delitem__(-2), "does not end at the head"),
    (lambda lines: lines.__delitem__(-1), "the export is not finished"),
]


@pytest.mark.parametrize(("edit", "expected"), EDITS)
def test_an_edited_manifest_is_found_out(
    tmp_path: Path,
    shelf: Shelf,
    verify: Verify,
    edit: Callable[[list[dict[str, object]]], None],
    expected: str,
) -> None:
    export({1: shelf}, shelf.items, tmp_path / "out", "eml")
    edited(tmp_path / "out", edit)
    code, text = verify(tmp_path / "out")
    assert code == 1
    assert expected in text


@pytest.mark.parametrize("form", FORMS)
def test_a_file_slipped_in_is_found_out(tmp_path: Path, shelf: Shelf, form: FormName, verify: Verify) -> None:
    target = target_of(tmp_path, form)
    export({1: shelf}, shelf.items, target, form)
    if form == "zip":
        with zipfile.ZipFile(target, "a") as archive:
            archive.writestr("anna/new.eml", b"new")
    else:
        (target / "anna").mkdir(exist_ok=True)
        (target / "anna" / "new.eml").write_bytes(b"new")
    code, text = verify(target)
    assert code == 1
    assert "file anna/new.eml: the manifest does not name it" in text


def test_a_chain_forged_from_end_to_end_does_not_have_the_head_that_was_written_down(
    tmp_path: Path, verify: Verify
) -> None:
    true = Shelf(1, MESSAGES)
    forged = Shelf(1, [(a, f, body.replace(b"first", b"fake!")) for a, f, body in MESSAGES])
    head = list(true.batches())[-1].chain.hex()
    export({1: forged}, forged.items, tmp_path / "out", "eml")
    assert verify(tmp_path / "out")[0] == 0
    code, text = verify(tmp_path / "out", "--head", head)
    assert code == 1
    assert "is not in it" in text


@pytest.mark.parametrize("form", FORMS)
def test_a_changed_file_is_found_out(tmp_path: Path, shelf: Shelf, form: FormName, verify: Verify) -> None:
    target = target_of(tmp_path, form)
    export({1: shelf}, shelf.items, target, form)
    line = manifest(target)[4]
    if form == "zip":
        path, at = target, int(re.findall(r"\d+", str(line["zip"]))[0]) + 100
    else:
        path, at = target / str(line["file"]), int(str(line.get("offset", 0))) + 100
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)
    code, text = verify(target)
    assert code == 1
    assert "message 1:4" in text


# Names

hostile = st.text(st.sampled_from("aA.e\u0301é/\\:*~ \0\n\x7f\u202e\ud800😀\u2028") | st.characters(), max_size=300)
words = st.sampled_from(
    ["..", ".", "", "CON", "nul.txt", "a.eml", "manifest.jsonl", "x.mbox", "LPT¹", "A", "a", "a:", "a_"]
)


@given(hostile | words)
def test_a_safe_name_is_one_component_on_every_system(text: str) -> None:
    name = safe_name(text)
    assert 0 < len(name.encode()) <= 102
    assert name == Path(name).name
    assert not set(name) & set('<>:"/\\|?*\0\n')
    assert name[0] not in " ." or name[-1] not in " ."
    assert name.strip(" .") == name
    assert name.partition(".")[0].casefold() not in {"con", "prn", "aux", "nul", "lpt¹"}
    assert not name.casefold().endswith((".eml", ".mbox", ".jsonl", ".part"))
    assert safe_name(name) == name


@given(st.lists(st.tuples(hostile | words, st.lists(hostile | words, max_size=30).map("/".join)), max_size=12))
def test_folders_never_share_a_path_nor_leave_the_target(folders: list[tuple[str, str]]) -> None:
    paths = folder_paths(folders)
    assert set(paths) == set(folders)
    distinct = {(archive, "/".join(part for part in folder.split("/") if part)) for archive, folder in folders}
    assert len({path.casefold() for path in paths.values()}) == len(distinct)
    for path in paths.values():
        assert not path.startswith("/")
        assert not {"", ".", ".."} & set(path.split("/"))
        assert len(path) < 400


def test_folders_that_differ_only_for_us_get_a_number() -> None:
    assert folder_paths([("a", "x:y"), ("a", "x_y"), ("a", "X_Y"), ("a", "x_y~2")]) == {
        ("a", "X_Y"): "a/X_Y",
        ("a", "x:y"): "a/x_y~2",
        ("a", "x_y"): "a/x_y~3",
        ("a", "x_y~2"): "a/x_y~2~2",
    }


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda raw: b"A: b\nSubject: " + raw))
def test_every_message_gets_a_file_name(head: bytes) -> None:
    name = message_name(head, 1, 4_711)
    assert name.endswith(" (1-4711).eml")
    assert len(name.encode()) < 200
    assert "/" not in name


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"Subject: plain\n\nSubject: body", "plain"),
        (b"X: y\r\nSUBJECT:folded\r\n here\r\n\r\n", "folded\r\n here"),
        (b"Subject: =?iso-8859-1?q?Caf=E9?= =?utf-8?b?4oKs?=\n\n", "Café€"),
        (b"Subject: caf\xc3\xa9\n\n", "café"),
        (b"Subject: =?none-such?q?=E9?=\n\n", "é"),
        (b"Subject: =?utf-8?b?a?=\n\n", "=?utf-8?b?a?="),
        (b"To: x\n\nSubject: body", "no subject"),
        (b"", "no subject"),
    ],
)
def test_the_subject_is_decoded_as_far_as_it_can_be(head: bytes, expected: str) -> None:
    assert subject(head) == expected


# mbox quoting

mail_bytes = st.lists(st.sampled_from([b"From ", b"From", b"F", b">", b"\n", b"\r\n", b"x", b" ", b">>>From "])).map(
    b"".join
)


@given(mail_bytes, st.lists(st.integers(0, 60)))
def test_quoting_does_not_depend_on_where_the_message_is_cut(body: bytes, cuts: list[int]) -> None:
    edges = sorted({0, len(body), *(cut for cut in cuts if cut < len(body))})
    pieces = [body[a:b] for a, b in pairwise(edges)]
    quoted = b"".join(export_forms.quoted(pieces))
    assert quoted == re.sub(rb"(?m)^(>*From )", rb">\1", body)
    with tempfile.TemporaryFile() as file:
        file.write(b"before\n" + quoted + b"\n\nFrom after")
        assert b"".join(verify_export_offline.unquoted(file, 7, len(quoted))) == body
