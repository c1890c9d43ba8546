"""The offline verifier against packs written here from docs/format.md alone: no engine code is involved."""

from __future__ import annotations

import ast
import json
import shutil
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from blake3 import blake3
from tests.archive.offline_stores import DICTIONARY, T0, Writer, compact, entry, record, sha, small_store, with_picture

from postroom.archive.export.export import ExportItem, FormName, export
from postroom.archive.offline import extract_offline, verify_export_offline, verify_offline
from postroom.archive.storage.store import Store, create_store
from postroom.archive.storage.writer import Incoming

SCRIPT = Path(verify_offline.__file__)
SCRIPTS = [Path(str(module.__file__)) for module in (verify_offline, verify_export_offline, extract_offline)]


def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: object
) -> tuple[int, list[str]]:
    monkeypatch.setattr(sys, "argv", ["verify_offline.py", *map(str, arguments)])
    code = verify_offline.main()
    return code, capsys.readouterr().out.splitlines()


class Check:
    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.capsys, self.monkeypatch = capsys, monkeypatch

    def __call__(self, *arguments: object) -> tuple[int, list[str]]:
        return run(self.capsys, self.monkeypatch, *arguments)

    def faults(self, *arguments: object) -> str:
        code, lines = self(*arguments)
        assert code == 1
        found = [line for line in lines if line.startswith("FAULT")]
        assert found
        return "\n".join(found)


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Check:
    return Check(capsys, monkeypatch)


def test_a_store_written_by_the_book_is_sound(tmp_path: Path, check: Check) -> None:
    store = small_store(tmp_path / "1")
    for path in (tmp_path / "1", tmp_path / "1" / "packs"):
        code, lines = check(path)
        assert code == 0, lines
        assert lines[-1] == "SOUND"
        assert lines[0].startswith("2 packs, 5 batches, 4 messages")
        assert store.chains[-1] in lines[1]


def test_it_runs_alone(tmp_path: Path) -> None:
    small_store(tmp_path / "1")
    script = tmp_path / "verify.py"
    script.write_bytes(SCRIPT.read_bytes())
    blocked = "import sys; sys.modules['postroom'] = None; import runpy; sys.argv = sys.argv[1:]; "
    blocked += "runpy.run_path(sys.argv[0], run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", blocked, script, tmp_path / "1"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("SOUND\n")


def test_every_flipped_byte_of_a_sealed_pack_is_a_fault_and_of_the_last_one_a_fault_or_torn(
    tmp_path: Path, check: Check
) -> None:
    store = small_store(tmp_path / "1")
    for number in (1, 2):
        path = tmp_path / "1" / "packs" / f"{number:08d}.pack"
        sound = path.read_bytes()
        tail = store.contents[-2][1] if number == 2 else len(sound)
        # Inside the compressed dictionary every seventh byte must do: its record is one check over all.
        for at in [*range(64), *range(64, 700, 7), *range(700, len(sound))]:
            path.write_bytes(sound[:at] + bytes([sound[at] ^ 0x41]) + sound[at + 1 :])
            code, lines = check(tmp_path / "1")
            assert code == 1 or (at >= tail and any(line.startswith("TORN") for line in lines)), at
        path.write_bytes(sound)
    assert check(tmp_path / "1")[0] == 0


def test_every_cut_of_the_last_pack_is_torn_or_ends_at_a_batch(tmp_path: Path, check: Check) -> None:
    store = small_store(tmp_path / "1")
    sound = bytes(store.data)
    dictionary_end = 64 + 64 + len(DICTIONARY[1])
    for size in {*range(dictionary_end + 1, len(sound), 5), *store.ends[2:-1]}:
        store.path.write_bytes(sound[:size])
        code, lines = check(tmp_path / "1", "--head", store.chains[-1])
        assert code == 1
        assert "is not in it" in "\n".join(lines)
        assert (size in store.ends) != any(line.startswith("TORN") for line in lines)


def test_faults_name_pack_record_and_message(tmp_path: Path, check: Check) -> None:
    store = Writer(tmp_path / "1")
    store.message(7, b"one", z=4)
    store.message(8, b"two", body=b"twO")
    store.message(8, b"again")
    store.message(9, b"parts", p=[["i", "00" * 32]], body=b"")
    store.message(10, b"over", p=[2], body=b"over")
    store.message(11, b"under", p=[9], body=b"under")
    store.message(12, b"odd", p=[["x", blake3(b"p").hexdigest()]], body=b"")
    store.event(e="message", n=13, h="11" * 32, a="a", f="", s="s", k="k", r=None, t=T0)
    store.entries.append(entry(1, bytes(32), b"", b"not its hash"))
    offset = len(store.data)
    store.commit()
    text = check.faults(tmp_path / "1")
    for message in (7, 8, 9, 10, 11, 12):
        assert f"pack 1, record at {offset}, message {message}: " in text
    assert "message 13: " in text
    assert "the number 8 was used before" in text
    assert "the part has changed" in text


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"batch": 3}, "does not follow"),
        ({"prev": "11" * 32}, "does not follow"),
        ({"chain": "11" * 32}, "chain value"),
        ({"root": "11" * 32}, "Merkle root"),
        ({"leaves": 2}, "Merkle root"),
        ({"t": 1}, "older"),
        ({"first": 64}, "first record"),
        ({"t": "x"}, "pack 1, record"),
        ({"t": -1}, "pack 1, record"),
        ({"root": None}, "pack 1, record"),
    ],
)
def test_a_commit_record_that_lies_is_named(
    tmp_path: Path, check: Check, changed: dict[str, Any], expected: str
) -> None:
    store = Writer(tmp_path / "1")
    store.message(1, b"one")
    store.commit()
    store.message(2, b"two")
    store.commit(**changed)
    store.commit()
    assert expected in check.faults(tmp_path / "1")


def test_a_missing_pack_is_named(tmp_path: Path, check: Check) -> None:
    small_store(tmp_path / "1")
    (tmp_path / "1" / "packs" / "00000001.pack").unlink()
    text = check.faults(tmp_path / "1")
    assert "pack 1: the file is missing" in text
    assert "does not follow" in text
    assert "message 4: " in text
    assert "message 5: " in text


def test_packs_in_the_wrong_order_are_named(tmp_path: Path, check: Check) -> None:
    small_store(tmp_path / "1")
    one, two = (tmp_path / "1" / "packs" / f"{n:08d}.pack" for n in (1, 2))
    held = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(held)
    text = check.faults(tmp_path / "1")
    assert "this is pack 2 under another name" in text
    assert "does not follow" in text


def test_a_pack_of_another_store_is_named(tmp_path: Path, check: Check) -> None:
    small_store(tmp_path / "1")
    (tmp_path / "1" / "STORE").write_bytes(compact({"format": 1, "uuid": str(UUID(int=1)), "created": T0}))
    assert "another store" in check.faults(tmp_path / "1")


def test_an_uncommitted_end_is_torn_in_the_last_pack_and_a_fault_in_a_sealed_one(tmp_path: Path, check: Check) -> None:
    store = small_store(tmp_path / "1")
    store.add(record(2, entry(1, blake3(b"x").digest(), b"", b"x")))
    code, lines = check(tmp_path / "1")
    assert code == 0, lines
    assert lines[0].startswith("TORN  pack 2")
    store.open_pack()
    store.commit()
    assert "no commit record follows" in check.faults(tmp_path / "1")


@pytest.mark.parametrize(("at", "value"), [(4, 2), (5, 9), (6, 7), (8, 1)])
def test_a_record_of_a_later_version_is_a_fault_and_not_torn(tmp_path: Path, check: Check, at: int, value: int) -> None:
    store = small_store(tmp_path / "1")
    raw = bytearray(record(2, b"whatever"))
    raw[at] = value
    raw[60:64] = struct.pack("<I", zlib.crc32(raw[:60]))
    offset = store.add(bytes(raw))
    assert f"record at {offset}: " in check.faults(tmp_path / "1")


def test_an_earlier_head_is_found_and_a_foreign_one_is_a_fault(tmp_path: Path, check: Check) -> None:
    store = small_store(tmp_path / "1")
    code, lines = check(tmp_path / "1", "--head", store.chains[1].upper())
    assert code == 0, lines
    assert any("that of batch 2" in line for line in lines)
    assert "is not in it" in check.faults(tmp_path / "1", "--head", "11" * 32)


def test_a_deleted_content_that_was_compacted_away_is_no_fault(tmp_path: Path, check: Check) -> None:
    store = Writer(tmp_path / "1")
    store.leaf(4, sha(b"whatever stood here"), b"", b"")
    store.event(e="message", n=2, h="11" * 32, a="a", f="", s="s", k="k", r=None, t=T0)
    store.commit()
    assert "message 2" in check.faults(tmp_path / "1")
    store.event(e="delete", n=[1, 2], by="anna", reason="", t=T0)
    store.commit()
    assert check(tmp_path / "1")[0] == 0


@pytest.mark.parametrize("raw", [b"", b"x", b"PRPACK\0\1" + bytes(60), b"PRec" * 100])
def test_a_file_that_is_no_pack_is_named(tmp_path: Path, check: Check, raw: bytes) -> None:
    (tmp_path / "00000001.pack").write_bytes(raw)
    assert "pack 1, file header" in check.faults(tmp_path)


def test_a_folder_without_packs_is_a_fault(tmp_path: Path, check: Check) -> None:
    assert "pack 1: the file is missing" in check.faults(tmp_path)


def test_what_the_engine_writes_is_what_the_page_says(tmp_path: Path, check: Check) -> None:
    create_store(tmp_path / "1")
    bodies = [with_picture(b"number %d" % n)[0] + b"x" * n for n in range(60)]
    with Store(tmp_path / "1", pack_bytes=4_000) as store:
        for at in range(0, 60, 5):
            store.add([Incoming("anna", "Inbox", "test:", str(n), bodies[n]) for n in range(at, at + 5)])
        store.add([Incoming("bob", "In/Old", "test:", f"b{n}", bodies[n]) for n in range(3)])
        store.move_folder("anna/Inbox", "anna/Done", "admin")
        store.delete([5, 6, 7], "admin", "asked")
        store.compact()
        head = list(store.batches())[-1].chain.hex()
        live = [n for n in range(1, 64) if n not in (5, 6, 7)]
        export({1: store}, [ExportItem(1, n, "anna", "x") for n in live], tmp_path / "o.zip", "zip")
    for path in (tmp_path / "1", tmp_path / "o.zip"):
        code, lines = check(path, "--head", head)
        assert code == 0, lines


@pytest.mark.parametrize("form", ["eml", "zip"])
def test_an_export_without_the_other_script_beside_is_told_in_a_sentence(tmp_path: Path, form: FormName) -> None:
    create_store(tmp_path / "1")
    with Store(tmp_path / "1") as store:
        store.add([Incoming("anna", "Inbox", "test:", "1", b"Subject: 1\n\nlunch\n")])
        export({1: store}, [ExportItem(1, 1, "anna", "Inbox")], tmp_path / "out", form)
    shutil.copy(SCRIPT, tmp_path / SCRIPT.name)
    alone = [sys.executable, SCRIPT.name, "out"]
    done = subprocess.run(alone, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    told = "error: out is an export: put verify_export_offline.py beside this file, or run that one"
    assert done.stderr.splitlines()[-1].endswith(told)
    assert "Traceback" not in done.stderr
    shutil.copy(str(verify_export_offline.__file__), tmp_path)
    assert subprocess.run(alone, cwd=tmp_path, capture_output=True).returncode == 0


def test_what_stands_between_the_messages_of_an_mbox_file_is_found_out(tmp_path: Path, check: Check) -> None:
    create_store(tmp_path / "1")
    with Store(tmp_path / "1") as store:
        store.add([Incoming("anna", "Inbox", "test:", str(n), b"Subject: %d\n\nlunch\n" % n) for n in range(3)])
        export({1: store}, [ExportItem(1, n, "anna", "Inbox") for n in (1, 2, 3)], tmp_path / "out", "mbox")
    assert check(tmp_path / "out")[0] == 0
    box, manifest = tmp_path / "out" / "anna" / "Inbox.mbox", tmp_path / "out" / "manifest.jsonl"
    sound, lines = box.read_bytes(), [json.loads(line) for line in manifest.read_bytes().splitlines()]
    forged = b"From bob Sun Mar  1 10:00:00 2026\nSubject: forged\n\nnever\n\n"
    box.write_bytes(sound + forged)
    assert "it has more messages than the manifest says" in check.faults(tmp_path / "out")
    second = sound.index(b"From ", 1)
    box.write_bytes(sound[:second] + forged + sound[second:])
    for line in lines[2:4]:
        line["offset"] += len(forged)
    manifest.write_text("".join(json.dumps(line) + "\n" for line in lines))
    text = check.faults(tmp_path / "out")
    assert "message 1:2" in text
    assert "more between the messages than the manifest says" in text


def test_a_batch_of_which_a_crash_left_only_the_end_of_the_commit_record_out_is_torn(
    tmp_path: Path, check: Check
) -> None:
    store = Writer(tmp_path / "1")
    store.message(1, b"one")
    store.commit()
    block = len(store.data)
    store.message(2, b"two")
    store.commit()
    raw = bytearray(store.path.read_bytes())
    raw[block + 70] ^= 1
    del raw[raw.rindex(b"PRec") + 40 :]
    store.path.write_bytes(raw)
    code, lines = check(tmp_path / "1")
    assert code == 0, lines
    assert lines[0].startswith(f"TORN  pack 1, record at {block}: the stored bytes have changed")


def test_a_file_that_is_no_zip_is_a_fault(tmp_path: Path, check: Check) -> None:
    (tmp_path / "o.zip").write_bytes(b"PK\3\4 and no more")
    assert "not a zip file" in check.faults(tmp_path / "o.zip")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_the_offline_scripts_are_short_and_need_nothing_of_postroom(script: Path) -> None:
    text = script.read_text("utf-8")
    assert len(text.splitlines()) < 200
    names = set[str]()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {alias.name for alias in node.names} if node.level else {str(node.module).partition(".")[0]}
    beside = {"verify_offline"} if script.stem == "extract_offline" else set()
    packages = set() if script.stem == "verify_export_offline" else {"zstandard", "blake3"}
    assert names <= sys.stdlib_module_names | beside | packages
