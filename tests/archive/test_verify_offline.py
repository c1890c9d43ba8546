"""The offline verifier against packs written here from docs/format.md alone: no engine code is involved."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import zstandard
from blake3 import blake3

from postroom.archive import verify_offline
from postroom.archive.export import ExportItem, export
from postroom.archive.store import Store, create_store
from postroom.archive.writer import Incoming

SCRIPT = Path(verify_offline.__file__)
STORE = UUID("6f6f3c57-9f0b-4c62-9f5e-3f1f3a0b8a11")
T0 = 1_700_000_000_000


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def merkle(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else sha(b"")
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha(b"\x01" + merkle(leaves[:k]) + merkle(leaves[k:]))


def compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def record(kind: int, plain: bytes, codec: int = 0, dictionary: tuple[int, bytes] | None = None) -> bytes:
    stored = plain
    identity = dictionary[0] if dictionary and (codec == 2 or kind == 1) else 0
    if codec:
        data = zstandard.ZstdCompressionDict(dictionary[1]) if dictionary and codec == 2 else None
        stored = zstandard.ZstdCompressor(dict_data=data).compress(plain)
    head = struct.pack(
        "<4sBBBBIIII32sI",
        *(b"PRec", 1, kind, codec, 0, 0, identity, len(stored), len(plain), blake3(plain).digest(), zlib.crc32(stored)),
    )
    return head + struct.pack("<I", zlib.crc32(head)) + stored


def entry(kind: int, digest: bytes, meta: bytes = b"", body: bytes = b"") -> bytes:
    return struct.pack("<B3xII32s", kind, len(meta), len(body), digest) + meta + body


def trained_dictionary() -> tuple[int, bytes]:
    samples: list[bytes | bytearray | memoryview[int]] = [
        b"From: a%d@example.org\r\nSubject: report %d of the week\r\n" % (n, n * 7) for n in range(400)
    ]
    data = zstandard.train_dictionary(1024, samples)
    return data.dict_id(), data.as_bytes()


DICTIONARY = trained_dictionary()


class Writer:
    """Writes a store by the book, one small batch at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "packs").mkdir(parents=True)
        (folder / "STORE").write_bytes(compact({"format": 1, "uuid": str(STORE), "created": T0}))
        self.number, self.batch, self.chain = 0, 0, bytes(32)
        self.chains: list[str] = []
        self.ends: list[int] = []
        self.entries: list[bytes] = []
        self.leaves: list[bytes] = []
        self.open_pack()

    def open_pack(self) -> None:
        self.number += 1
        self.path = self.folder / "packs" / f"{self.number:08d}.pack"
        head = struct.pack("<8s16sIQI20s", b"PRPACK\0\1", STORE.bytes, self.number, T0, 0, bytes(20))
        self.data = bytearray(head + struct.pack("<I", zlib.crc32(head)))
        self.contents: list[list[int]] = []
        self.counted = 0
        self.add(record(1, DICTIONARY[1], 1 if self.number == 1 else 0, DICTIONARY))

    def add(self, raw: bytes) -> int:
        offset = len(self.data)
        self.data += raw
        self.path.write_bytes(self.data)
        return offset

    def part(self, data: bytes) -> str:
        self.entries.append(entry(1, blake3(data).digest(), b"", data))
        return blake3(data).hexdigest()

    def message(self, n: int, whole: bytes, *, archive: str = "anna", folder: str = "Inbox", **more: Any) -> None:
        body = more.pop("body", whole)
        meta = {"n": n, "a": archive, "f": folder, "s": "s", "k": str(n), "r": None, "t": T0, "z": len(whole), **more}
        self.leaf(2, sha(whole), compact(meta), body)

    def event(self, **event: Any) -> None:
        self.leaf(3, bytes(32), compact(event), b"")

    def leaf(self, kind: int, digest: bytes, meta: bytes, body: bytes) -> None:
        self.entries.append(entry(kind, digest, meta, body))
        self.leaves.append(digest if kind == 4 else sha(b"\x00" + digest + meta))

    def commit(self, codec: int = 2, **changed: Any) -> None:
        first = len(self.data)
        if self.entries:
            self.add(record(2, b"".join(self.entries), codec, DICTIONARY))
        self.batch += 1
        prev, root = self.chain, merkle(self.leaves)
        numbers = b"".join(x.to_bytes(8, "big") for x in (self.batch, T0 + self.batch, len(self.leaves)))
        self.chain = sha(b"\x02" + prev + root + numbers)
        line = {
            "batch": self.batch,
            "t": T0 + self.batch,
            "first": first,
            "leaves": len(self.leaves),
            "root": root.hex(),
            "prev": prev.hex(),
            "chain": self.chain.hex(),
            "cursors": {"s": str(self.batch)},
        }
        self.contents.append([self.batch, self.add(record(3, compact({**line, **changed})))])
        self.chains.append(self.chain.hex())
        self.ends.append(len(self.data))
        self.counted += len(self.leaves)
        self.entries, self.leaves = [], []

    def seal(self) -> None:
        at = self.add(record(4, compact({"entries": self.counted, "batches": self.contents}), 1))
        self.add(b"PREnd\0\0\0" + struct.pack("<Q", at))


PICTURE = bytes(range(256)) * 5
PLAIN = b"From: anna@example.org\r\nSubject: one\r\n\r\nFrom the start\r\n"


def with_picture(subject: bytes) -> tuple[bytes, list[bytes]]:
    text = base64.b64encode(PICTURE).decode()
    lines = "".join(text[i : i + 76] + "\r\n" for i in range(0, len(text), 76)).encode()
    head = b"Subject: " + subject + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head + lines + b"\r\nend", [head, b"\r\nend"]


def small_store(folder: Path) -> Writer:
    """Two packs: literal, shared, journal and erased entries, all codecs, a dictionary."""
    store = Writer(folder)
    store.message(1, PLAIN)
    store.message(2, b"", folder="")
    store.commit(codec=0)
    picture = store.part(PICTURE)
    whole, literal = with_picture(b"two")
    recipe = [len(literal[0]), ["b", picture, 76, "\r\n", 1], len(literal[1])]
    store.message(3, whole, body=b"".join(literal), p=recipe)
    store.commit()
    store.seal()
    store.open_pack()
    whole, literal = with_picture(b"three")
    raw = store.part(b"as it is")
    recipe = [len(literal[0]), ["b", picture, 76, "\r\n", 1], ["i", raw], len(literal[1])]
    store.message(4, whole[:-5] + b"as it is\r\nend", body=b"".join(literal), p=recipe, archive="bob")
    store.event(e="message", n=5, h=sha(PLAIN).hex(), a="bob", f="Sent", s="s", k="9", r=None, t=T0)
    store.commit(codec=1)
    store.leaf(4, bytes(range(32)), b"", b"")
    store.event(e="move", **{"from": "anna/Inbox", "to": "anna/Old/In"}, next=6, by="anna", t=T0)
    store.event(e="delete", n=[3], by="anna", reason="asked", t=T0)
    store.event(e="something new")
    store.commit()
    store.commit()
    return store


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


def test_extract_writes_messages_where_they_belong_now(tmp_path: Path, check: Check) -> None:
    small_store(tmp_path / "1")
    target = tmp_path / "out"
    assert check(tmp_path / "1", "--extract", target)[0] == 0
    found = {str(path.relative_to(target)): path.read_bytes() for path in target.rglob("*.eml")}
    assert set(found) == {
        "anna/Old/In/1.eml",
        "anna/2.eml",
        "deleted/anna/Old/In/3.eml",
        "bob/Inbox/4.eml",
        "bob/Sent/5.eml",
    }
    assert found["anna/Old/In/1.eml"] == found["bob/Sent/5.eml"] == PLAIN
    assert found["deleted/anna/Old/In/3.eml"] == with_picture(b"two")[0]
    assert "is not empty" in check.faults(tmp_path / "1", "--extract", target)


def test_extract_follows_the_half_of_a_message_that_a_move_split(tmp_path: Path, check: Check) -> None:
    store = Writer(tmp_path / "1")
    store.message(1, b"one")
    store.message(2, b"two")
    store.event(e="occurrence", n=1, f="Other", s="s", k="x", r=None, t=T0)
    store.event(e="move", **{"from": "anna/Inbox", "to": "bob/In"}, next=3, split=[1], by="x", t=T0)
    store.event(e="delete", n=[1, 2], by="x", reason="", t=T0)
    store.commit()
    assert check(tmp_path / "1", "--extract", tmp_path / "out")[0] == 0
    found = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.eml")}
    assert found == {"bob/In/1.eml", "deleted/bob/In/2.eml"}


def test_extract_stays_below_its_folder_and_saves_what_is_sound(tmp_path: Path, check: Check) -> None:
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
    raw[offset] ^= 1
    store.path.write_bytes(raw)
    target = tmp_path / "a" / "out"
    assert f"record at {offset}: no valid record header" in check.faults(tmp_path / "1", "--extract", target)
    found = sorted(path.name for path in target.rglob("*.eml"))
    assert found == ["1.eml", "2.eml", "4.eml"]
    assert not [path for path in tmp_path.rglob("*.eml") if not path.is_relative_to(target)]


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
    assert check(tmp_path / "1", "--extract", tmp_path / "out")[0] == 0
    found = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.eml")}
    assert found == {f"anna/Done/{n}.eml" for n in live[:-3]} | {f"bob/In/Old/{n}.eml" for n in (61, 62, 63)}
    assert (tmp_path / "out/anna/Done/60.eml").read_bytes() == bodies[59]
