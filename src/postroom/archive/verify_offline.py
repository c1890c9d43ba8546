"""Checks an archive store or an export of messages, with nothing of Postroom but this one file.

    python verify_offline.py PATH [--head HEX] [--extract DIR]        needs: pip install zstandard blake3

PATH is a store's folder, its `packs` folder, or an export (folder or .zip). Every fault is one line; the exit code
is 0 when there was none. --head is a chain value written down earlier: it must be in the chain, which proves that
all up to it is unchanged. --extract writes each message of a store to a file below archive/folder; deleted ones
that are still in the packs go below "deleted". The bytes are explained in docs/format.md (§ = its sections).
"""

import argparse
import base64
import functools
import hashlib
import json
import re
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import zstandard
from blake3 import blake3

FILE = struct.Struct("<8s16sIQI20sI")  # §2: magic, store, number, created, generation, reserved, check
RECORD = struct.Struct("<4sBBBBIIII32sII")  # §2: magic ... plain length, digest, stored check, header check
ENTRY = struct.Struct("<B3sII32s")  # §3: kind, reserved, meta length, body length, digest
DICTIONARY, BLOCK, COMMIT, CONTENTS = PART, MESSAGE, JOURNAL, ERASED = 1, 2, 3, 4
UNREADABLE = (  # whatever reading damaged or hostile bytes can raise
    ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError, OSError, EOFError,
    struct.error, zlib.error, zstandard.ZstdError, zipfile.BadZipFile, sqlite3.Error,
)  # fmt: skip


class FormatError(ValueError):
    """Something is not as the format says; the text tells what."""


class LaterError(FormatError):
    """A whole record that only a later version can read: never a torn end."""


def need(condition: object, why: str, error: type[FormatError] = FormatError) -> None:
    if not condition:
        raise error(why)


class Report:
    faults = 0

    def fault(self, where: str, why: object) -> None:
        self.faults += 1
        print(f"FAULT {where}: {why}")

    def expected(self, head: str | None, batch: int | None) -> None:
        if head and batch is None:
            self.fault("chain", f"the expected value {head} is not in it")
        elif head:
            print(f"The expected value is that of batch {batch}: all up to it is unchanged.")


# The ledger (§4)


def sha256(*pieces: bytes) -> bytes:
    return hashlib.sha256(b"".join(pieces)).digest()


def root(leaves: list[bytes]) -> bytes:  # RFC 9162 §2.1.1
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01", root(leaves[:half]), root(leaves[half:]))


def root_from_path(value: bytes, index: int, count: int, path: list[bytes]) -> bytes:  # RFC 9162 §2.1.3.2
    need(0 <= index < count, "the proof names a leaf that is not in the batch")
    last = count - 1
    for beside in path:
        need(last, "the path of the proof is too long")
        while index == last and not index & 1:  # a node without neighbour moves up as it is
            index, last = index >> 1, last >> 1
        value = sha256(b"\x01", beside, value) if index & 1 else sha256(b"\x01", value, beside)
        index, last = index >> 1, last >> 1
    need(not last, "the path of the proof is too short")
    return value


class Chain:
    """The batches of one store, each bound to the one before."""

    def __init__(self, report: Report, head: str | None, where: str = "") -> None:
        self.report, self.head, self.where = report, head, where
        self.batch, self.time, self.value = 0, 0, "0" * 64
        self.head_batch: int | None = None  # the batch whose chain value was expected

    def add(self, line: dict[str, Any]) -> None:
        where = f"{self.where}batch {line['batch']}"
        numbers = struct.pack(">QQQ", line["batch"], line["t"], line["leaves"])
        value = sha256(b"\x02", bytes.fromhex(line["prev"]), bytes.fromhex(line["root"]), numbers).hex()
        if (line["batch"], line["prev"]) != (self.batch + 1, self.value):
            self.report.fault(where, f"does not follow batch {self.batch}")
        if value != line["chain"]:
            self.report.fault(where, "the chain value is wrong")
        if line["t"] < self.time:
            self.report.fault(where, "it is older than the one before")
        self.batch, self.time, self.value = line["batch"], line["t"], line["chain"]
        if self.value == self.head:
            self.head_batch = self.batch


# The bytes of a pack (§2, §3)


def record_header(raw: bytes) -> tuple[Any, ...]:
    need(len(raw) == RECORD.size, "the record header is cut off")
    magic, version, kind, codec, zero, key, dictionary, stored, plain, digest, check, own = RECORD.unpack(raw)
    need(magic == b"PRec" and zlib.crc32(raw[:60]) == own, "no valid record header")
    need((version, zero, key) == (1, 0, 0), "the record is encrypted or of a later version", LaterError)
    need(kind in (1, 2, 3, 4) and codec in (0, 1, 2), "unknown kind or codec", LaterError)
    need(max(plain, stored) <= 17 << 20, "the record claims to be larger than a record may be")
    return kind, codec, dictionary, stored, plain, digest, check


def read(file: IO[bytes], at: int, size: int) -> bytes:
    file.seek(at)
    return file.read(size)


def next_header(file: IO[bytes], at: int, size: int) -> int:
    while at < size:
        window = read(file, at, 1 << 16)
        found = window.find(b"PRec")
        at += found if found >= 0 else max(1, len(window) - 3)
        if found >= 0:
            try:
                record_header(read(file, at, RECORD.size))
            except FormatError:
                at += 1
            else:
                return at
    return size


def entries(plain: bytes) -> Iterator[tuple[int, int, bytes, bytes, bytes]]:
    at = 0
    while at < len(plain):
        need(at + ENTRY.size <= len(plain), f"the entry at byte {at} is cut off")
        kind, zero, meta_bytes, body_bytes, digest = ENTRY.unpack_from(plain, at)
        middle = at + ENTRY.size + meta_bytes
        need(kind in (1, 2, 3, 4) and zero == bytes(3), f"the entry at byte {at} is of an unknown kind")
        need(middle + body_bytes <= len(plain), f"the entry at byte {at} does not fit")
        yield at, kind, digest, plain[at + ENTRY.size : middle], plain[middle : middle + body_bytes]
        at = middle + body_bytes


def base64_lines(part: bytes, width: int, eol: str, last: int) -> bytes:
    text = base64.b64encode(part)
    lines = eol.encode().join(text[i : i + width] for i in range(0, len(text), width))
    return lines + eol.encode() if last else lines


class Store:
    """Reads the packs in order. What stands where is kept in a temporary database, not in memory."""

    def __init__(self, folder: Path, report: Report, head: str | None) -> None:
        folder = folder / "packs" if (folder / "packs").is_dir() else folder
        self.packs = {int(path.stem): path for path in sorted(folder.glob("[0-9]*.pack"))}
        label = folder.parent / "STORE"
        self.uuid = UUID(json.loads(label.read_bytes())["uuid"]).bytes if label.exists() else b""
        self.report, self.chain = report, Chain(report, head)
        self.db = sqlite3.connect("")
        self.db.execute("CREATE TABLE place (hash PRIMARY KEY, pack, record, at) WITHOUT ROWID")
        self.db.execute("CREATE TABLE number (n INTEGER PRIMARY KEY)")
        self.decoders: dict[tuple[int, int], zstandard.ZstdDecompressor] = {}
        self.block = functools.lru_cache(32)(self._block)
        self.messages = self.bytes = 0
        self.absent: dict[int, str] = {}  # message number: why its content cannot be had
        self.deleted: set[int] = set()
        self.moves: list[tuple[tuple[int, int, int], str, str, dict[int, int]]] = []

    def records(self, pack: int, file: IO[bytes]) -> Iterator[tuple[int, int, int, bytes, object]]:
        """(offset, end, kind, plain bytes, what is wrong); after damage on at the next header that is valid."""
        at, size = FILE.size, file.seek(0, 2)
        while at < size:
            kind, end, plain, wrong = 0, size, b"", None
            try:
                header = record_header(read(file, at, RECORD.size))
                kind, end = header[0], at + RECORD.size + header[3]
                plain = self.payload(pack, header, read(file, at + RECORD.size, header[3]))
            except UNREADABLE as error:
                wrong = error
                end = end if kind else next_header(file, at + 1, size)
            yield at, end, kind, plain, wrong
            if kind == CONTENTS and read(file, end, 64) == b"PREnd\0\0\0" + struct.pack("<Q", at):
                return
            at = end

    def payload(self, pack: int, header: tuple[Any, ...], raw: bytes) -> bytes:
        kind, codec, dictionary, stored_bytes, plain_bytes, digest, check = header
        need(len(raw) == stored_bytes, "the record is cut off")
        need(zlib.crc32(raw) == check, "the stored bytes have changed")
        if codec:
            decoder = self.decoders.get((pack, dictionary)) if codec == 2 else zstandard.ZstdDecompressor()
            if decoder is None:
                raise FormatError(f"dictionary {dictionary} does not stand before its use in this pack")
            need(zstandard.frame_content_size(raw) in (-1, plain_bytes), "the compressed length is wrong")
            raw = decoder.decompress(raw, max_output_size=max(1, plain_bytes))
        need(len(raw) == plain_bytes and blake3(raw).digest() == digest, "the contents have changed")
        if kind == DICTIONARY:
            self.decoders[pack, dictionary] = zstandard.ZstdDecompressor(zstandard.ZstdCompressionDict(raw))
        return raw

    def _block(self, pack: int, record: int) -> bytes:
        with self.packs[pack].open("rb") as file:
            header = record_header(read(file, record, RECORD.size))
            return self.payload(pack, header, read(file, record + RECORD.size, header[3]))

    def find(self, digest: bytes) -> tuple[bytes, bytes]:
        """Meta and body of the part with this BLAKE3, or of the message with this SHA-256, stored before."""
        place = self.db.execute("SELECT pack, record, at FROM place WHERE hash = ?", (digest,)).fetchone()
        need(place, f"what has the hash {digest.hex()} is missing")
        for at, _, own, meta, body in entries(self.block(*place[:2])):
            if (at, own) == (place[2], digest):
                return meta, body
        raise FormatError(f"what has the hash {digest.hex()} is not where it was")

    def rebuild(self, meta: dict[str, Any], body: bytes) -> Iterator[bytes]:  # §3.2
        at = 0
        for segment in meta.get("p", [len(body)]):
            if isinstance(segment, int):
                need(0 <= segment <= len(body) - at, "the recipe asks for more bytes than there are")
                yield body[at : at + segment]
                at += segment
            else:
                need(segment[0] in ("i", "b"), "the recipe has an unknown segment")
                part = self.find(bytes.fromhex(segment[1]))[1]
                yield base64_lines(part, *segment[2:]) if segment[0] == "b" else part
        need(at == len(body), "the recipe leaves bytes over")

    def check(self) -> None:
        last = max(self.packs, default=1)
        for pack in range(1, last + 1):
            if pack in self.packs:
                with self.packs[pack].open("rb") as file:
                    self.check_pack(pack, file, pack == last)
            else:
                self.report.fault(f"pack {pack}", "the file is missing")
        for number, why in self.absent.items():
            self.report.fault(f"message {number}", why)
        self.report.expected(self.chain.head, self.chain.head_batch)
        print(f"{last} packs, {self.chain.batch} batches, {self.messages} messages, {self.bytes} bytes rebuilt")
        print(f"head: batch {self.chain.batch}, chain value {self.chain.value}")

    def check_pack(self, pack: int, file: IO[bytes], last: bool) -> None:
        """A batch counts from its commit record on: what follows the last one of the last pack is a torn end."""
        contents: dict[str, Any] = {"entries": 0, "batches": []}
        faults: list[tuple[str, object]] = []  # since the last commit record, like the next three
        leaves: list[bytes] = []
        begin, first = FILE.size, 0
        self.check_file_header(pack, read(file, 0, FILE.size))
        for offset, end, kind, plain, wrong in self.records(pack, file):
            where = f"pack {pack}, record at {offset}"
            try:
                if isinstance(wrong, LaterError):
                    self.report.fault(where, wrong)
                elif wrong:
                    faults.append((where, wrong))
                elif kind == BLOCK:
                    first = first or offset
                    self.check_block(pack, offset, plain, leaves, faults)
                elif kind == COMMIT:
                    faults, found = [], faults
                    for fault in found:
                        self.report.fault(*fault)
                    line = json.loads(plain)
                    contents["entries"] += len(leaves)
                    contents["batches"].append([line["batch"], offset])
                    self.chain.add(line)
                    ours = root(leaves).hex()
                    need((line["leaves"], line["root"]) == (len(leaves), ours), "the Merkle root is another")
                    need(begin <= line["first"] <= (first or offset), "another first record")
                elif kind == CONTENTS:
                    need(json.loads(plain) == contents, "the table of contents is wrong")
            except UNREADABLE as error:
                faults.append((where, error))
            if kind == COMMIT and not wrong:
                begin, first, leaves = end, 0, []
        if first:
            faults.append((f"pack {pack}, record at {first}", "no commit record follows"))
        if last and faults:
            print(f"TORN  pack {pack}: after byte {begin} nothing is committed, by a crash or by damage:")
        for where, why in faults:
            print(f"TORN  {where}: {why}") if last else self.report.fault(where, why)

    def check_file_header(self, pack: int, raw: bytes) -> None:
        try:
            magic, store, number, _, _, zero, check = FILE.unpack(raw)
            need((magic, zero) == (b"PRPACK\0\1", bytes(20)), "this is no pack of format 1")
            need(zlib.crc32(raw[:60]) == check, "the check is wrong")
            need(number == pack, f"this is pack {number} under another name")
            self.uuid = self.uuid or store
            need(store == self.uuid, "the pack belongs to another store")
        except UNREADABLE as error:
            self.report.fault(f"pack {pack}, file header", error)

    def check_block(self, pack: int, record: int, plain: bytes, leaves: list[bytes], faults: Any) -> None:
        for at, kind, digest, meta, body in entries(plain):
            if kind != PART:
                leaves.append(digest if kind == ERASED else sha256(b"\0", digest, meta))
            try:
                self.check_entry((pack, record, at), kind, digest, meta, body)
            except UNREADABLE as error:
                message = re.search(rb'"n":(\d+)', meta)
                what = f"message {message[1].decode()}" if message else f"entry at {at}"
                faults.append((f"pack {pack}, record at {record}, {what}", error))

    def check_entry(self, place: tuple[int, int, int], kind: int, digest: bytes, meta: bytes, body: bytes) -> None:
        if kind == PART:
            need(blake3(body).digest() == digest and not meta, "the part has changed")
        elif kind == MESSAGE:
            line, whole, size = json.loads(meta), hashlib.sha256(), 0
            self.take_number(line["n"])
            for piece in self.rebuild(line, body):
                whole.update(piece)
                size += len(piece)
            need((whole.digest(), size) == (digest, line["z"]), "the message has another SHA-256 or size")
            self.messages, self.bytes = self.messages + 1, self.bytes + size
        elif kind == JOURNAL:
            need(digest == bytes(32) and not body, "the journal entry has a digest or a body")
            self.check_event(place, json.loads(meta))
        if kind in (PART, MESSAGE):
            self.db.execute("INSERT OR IGNORE INTO place VALUES (?, ?, ?, ?)", (digest, *place))

    def check_event(self, place: tuple[int, int, int], event: dict[str, Any]) -> None:  # §3.3
        if event["e"] == "message":
            self.take_number(event["n"])
            known = self.db.execute("SELECT 1 FROM place WHERE hash = ?", (bytes.fromhex(event["h"]),))
            if not known.fetchone():
                self.absent[event["n"]] = f"its content {event['h']} is missing or damaged"
        elif event["e"] == "delete":
            self.deleted.update(event["n"])
            for number in event["n"]:  # its content may rightly be gone
                self.absent.pop(number, None)
        elif event["e"] == "restore":
            self.deleted.difference_update(event["n"])
        elif event["e"] == "move":
            split = {number: event["next"] + i for i, number in enumerate(event.get("split", []))}
            self.moves.append((place, event["from"], event["to"], split))

    def take_number(self, number: int) -> None:
        taken = self.db.execute("INSERT OR IGNORE INTO number VALUES (?)", (number,)).rowcount
        need(taken == 1, f"the number {number} was used before")

    def extract(self, target: Path) -> None:
        need(not target.exists() or not any(target.iterdir()), f"{target} is not empty")
        for pack, path in sorted(self.packs.items()):
            with path.open("rb") as file:
                for record, _, kind, plain, wrong in self.records(pack, file):
                    if kind == BLOCK and not wrong:
                        self.extract_block(target, pack, record, plain)

    def extract_block(self, target: Path, pack: int, record: int, plain: bytes) -> None:
        for at, kind, _, meta, body in entries(plain):
            try:
                line = json.loads(meta) if kind in (MESSAGE, JOURNAL) else {}
                if kind == MESSAGE or line.get("e") == "message":
                    again = kind == JOURNAL and self.find(bytes.fromhex(line["h"]))
                    content = (json.loads(again[0]), again[1]) if again else (line, body)
                    self.write(self.folder(target, (pack, record, at), line), line["n"], self.rebuild(*content))
            except UNREADABLE as error:
                print(f"NOT EXTRACTED pack {pack}, record at {record}, entry at {at}: {error}")

    def folder(self, target: Path, place: tuple[int, int, int], line: dict[str, Any]) -> Path:
        """Where the message lies after all moves that came later."""
        folder, number = f"{line['a']}/{line['f']}", line["n"]
        for later, old, new, split in self.moves:
            if place < later and f"{folder}/".startswith(f"{old}/"):
                folder, number = new + folder[len(old) :], split.get(number, number)
        names = [re.sub(r"[^\w @.,;+()-]", "_", name).strip(". ")[:60] or "_" for name in folder.split("/") if name]
        return target.joinpath(*["deleted"] * (number in self.deleted), *names[:30])

    def write(self, folder: Path, number: int, pieces: Iterable[bytes]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{int(number)}.eml").open("wb") as file:
            file.writelines(pieces)


# Exports


def unquoted(file: IO[bytes], offset: int, length: int) -> Iterator[bytes]:
    """A message out of an mbox file: lines quoted as >From lose one >."""
    file.seek(offset)
    while length > 0 and (line := file.readline(length)):
        length -= len(line)
        yield line[1:] if re.match(rb">+From ", line) else line


class Export:
    def __init__(self, path: Path, report: Report, head: str | None) -> None:
        self.path, self.report, self.head = path, report, head
        self.zip = zipfile.ZipFile(path) if path.is_file() else None
        self.chains: dict[str, Chain] = {}
        self.db = sqlite3.connect("")
        self.db.execute("CREATE TABLE batch (store, number, leaves, root, PRIMARY KEY (store, number))")
        self.db.execute("CREATE TABLE file (name PRIMARY KEY)")

    def open(self, name: str) -> IO[bytes]:
        need(not Path(name).is_absolute() and ".." not in Path(name).parts, "the file lies outside the export")
        return self.zip.open(name) if self.zip else (self.path / name).open("rb")

    def files(self) -> Iterable[str]:
        if self.zip:
            return (info.filename for info in self.zip.infolist() if not info.is_dir())
        return (path.relative_to(self.path).as_posix() for path in self.path.rglob("*") if path.is_file())

    def lines(self) -> Iterator[dict[str, Any]]:
        with self.open("manifest.jsonl") as file:
            yield from map(json.loads, file)

    def check(self) -> None:
        """The chain first, then each message against its batch, then what else lies there."""
        self.db.execute("INSERT INTO file VALUES ('manifest.jsonl')")
        heads: dict[str, Any] | None = None
        for line in self.lines():
            if "chain" in line:
                self.add_batch(line)
            heads = line.get("heads", heads)
        need(heads is not None, "the manifest has no last line: the export is not finished")
        sound = total = 0
        for line in self.lines():
            if "id" in line and "error" not in line:
                total += 1
                try:
                    self.check_message(line)
                    sound += 1
                except UNREADABLE as error:
                    self.report.fault(f"message {line.get('id')}, file {line.get('file')}", error)
            elif "error" in line:
                print(f"NOT EXPORTED message {line.get('id')}: {line['error']}")
        for name in self.files():
            if not self.db.execute("SELECT 1 FROM file WHERE name = ?", (name,)).fetchone():
                self.report.fault(f"file {name}", "the manifest does not name it")
        ends = {store: {"batch": chain.batch, "chain": chain.value} for store, chain in self.chains.items()}
        if ends != heads:
            self.report.fault("manifest", "the chain does not end at the head that the manifest names")
        found = [chain.head_batch for chain in self.chains.values() if chain.head_batch is not None]
        self.report.expected(self.head, found[0] if found else None)
        print(f"{sound} of {total} messages are what the archive had committed")
        for store, chain in self.chains.items():
            print(f"head of store {store}: batch {chain.batch}, chain value {chain.value}")

    def add_batch(self, line: dict[str, Any]) -> None:
        store = str(line["store"])
        if store not in self.chains:  # the export has the chain from the first batch it needs
            self.chains[store] = Chain(self.report, self.head, f"store {store}, ")
            self.chains[store].batch, self.chains[store].value = line["batch"] - 1, line["prev"]
        self.chains[store].add(line)
        row = (store, line["batch"], line["leaves"], line["root"])
        self.db.execute("INSERT OR IGNORE INTO batch VALUES (?, ?, ?, ?)", row)

    def check_message(self, line: dict[str, Any]) -> None:
        proof, store = line["proof"], line["id"].partition(":")[0]
        digest, meta = bytes.fromhex(proof["digest"]), proof["meta"].encode()
        stored = digest.hex() if any(digest) else json.loads(meta)["h"]  # no digest: known from another archive
        need(stored == line["sha256"], "the proof is of another message")
        key = (store, proof["batch"])
        batch = self.db.execute("SELECT leaves, root FROM batch WHERE store = ? AND number = ?", key).fetchone()
        need(batch, f"batch {proof['batch']} is not in the manifest")
        path = [bytes.fromhex(value) for value in proof["path"]]
        leaf = sha256(b"\0", digest, meta)
        need(root_from_path(leaf, proof["index"], batch[0], path).hex() == batch[1], "the proof does not hold")
        whole = hashlib.sha256()
        with self.open(line["file"]) as file:
            mbox = "offset" in line
            pieces = unquoted(file, line["offset"], line["length"]) if mbox else iter(lambda: file.read(1 << 20), b"")
            for piece in pieces:
                whole.update(piece)
        need(whole.hexdigest() == line["sha256"], "the file has changed")
        self.db.execute("INSERT OR IGNORE INTO file VALUES (?)", (line["file"],))


def main() -> int:
    options = argparse.ArgumentParser(description="Checks an archive store or an export of messages.")
    options.add_argument("path", type=Path)
    options.add_argument("--head", type=str.lower, help="a chain value written down earlier, in hex")
    options.add_argument("--extract", type=Path, metavar="DIR", help="write the messages of a store to files")
    given = options.parse_args()
    report = Report()
    try:
        if given.path.is_file() or (given.path / "manifest.jsonl").exists():
            Export(given.path, report, given.head).check()
        else:
            store = Store(given.path, report, given.head)
            store.check()
            if given.extract:
                store.extract(given.extract)
    except UNREADABLE as error:
        report.fault(str(given.path), error)
    print("SOUND" if not report.faults else f"{report.faults} FAULTS")
    return 1 if report.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
