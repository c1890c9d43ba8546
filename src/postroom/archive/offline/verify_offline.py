"""Checks an archive store with nothing of Postroom but this file; an export with verify_export_offline.py beside it.

    python verify_offline.py PATH [--head HEX]        needs: pip install zstandard blake3

PATH is a store's folder or its `packs`. Exit code 0: no fault. --head is a chain value written down earlier: when it is
in the chain, all up to it is unchanged. TORN: a crash may have left this at the end. §: a section of docs/format.md.
"""

import argparse
import base64
import json
import re
import runpy
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, Any
from zlib import crc32

from blake3 import blake3
from zstandard import ZstdCompressionDict, ZstdDecompressor, frame_content_size

FILE = struct.Struct("<8s16sIQI20sI")  # §2: magic, store, number, created, generation, reserved, check
RECORD = struct.Struct("<4sBBBBIIII32sII")  # §2: magic ... plain length, digest, stored check, header check
ENTRY = struct.Struct("<B3sII32s")  # §3: kind, reserved, meta length, body length, digest
GET, ADD = "SELECT pack, record, at FROM seen WHERE key = ?", "INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?)"
DICTIONARY, BLOCK, COMMIT, CONTENTS = PART, MESSAGE, JOURNAL, ERASED = 1, 2, 3, 4


def need(condition: object, why: str) -> None:
    if not condition:
        raise ValueError(why)


def entries(plain: bytes, at: int = 0) -> Iterator[tuple[int, int, bytes, bytes, bytes]]:
    """§3: offset, kind, digest, meta and body of each entry of a block from there on."""
    while at < len(plain):
        kind, zero, meta, body, digest = ENTRY.unpack_from(plain, at)
        middle, end = at + ENTRY.size + meta, at + ENTRY.size + meta + body
        need(1 <= kind <= 4 and not any(zero) and end <= len(plain), f"no valid entry at byte {at}")
        yield at, kind, digest, plain[at + ENTRY.size : middle], plain[middle:end]
        at = end


class Store:
    """Reads the packs in order. What stands where is in a temporary database: memory does not grow with the store."""

    def __init__(self, folder: Path, head: str | None = None) -> None:
        folder = folder / "packs" if (folder / "packs").is_dir() else folder
        self.packs, self.label = {int(path.stem): path for path in folder.glob("[0-9]*.pack")}, folder.parent / "STORE"
        self.head, self.faults, self.torn, self.messages, self.bytes = head, 0, False, 0, 0
        self.last: dict[str, Any] = {"batch": 0, "t": 0, "chain": "0" * 64}  # commit record
        self.absent = dict[int, str]()  # message: hash of its content, which is not there
        self.decoders = {(0, 0): ZstdDecompressor()}  # by pack and dictionary
        self.sql = sqlite3.connect("").execute
        self.sql("CREATE TABLE seen (key PRIMARY KEY, pack, record, at) WITHOUT ROWID")

    @contextmanager
    def naming(self, where: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 - damaged or hostile bytes may raise anything
            self.faults += not self.torn
            print("TORN " if self.torn else "FAULT", f"{where}: {error if type(error) is ValueError else repr(error)}")

    def record(self, file: IO[bytes], pack: int) -> tuple[int, bytes]:
        """§2: kind and plain bytes of the record where the file stands; then it stands at the next one."""
        if (raw := file.read(RECORD.size))[60:] != crc32(raw[:60]).to_bytes(4, "little"):
            file.seek(0, 2)  # nobody knows where the next one begins
            raise ValueError("no valid record header")
        magic, version, kind, codec, zero, key, dictionary, stored, size, digest, check, _ = RECORD.unpack(raw)
        known = (magic, version, zero, key) == (b"PRec", 1, 0, 0) and 1 <= kind <= 4 and codec <= 2
        self.torn = self.torn and known  # a crash does not make a sound header of a later version
        raw = file.read(min(stored, 17 << 20))
        need(known and size <= 16 << 20, "the record is encrypted, of a later version or too large")
        need(len(raw) == stored and crc32(raw) == check, "the stored bytes have changed or are cut off")
        if codec:
            need(frame_content_size(raw) in (-1, size), "the compressed length is wrong")
            raw = self.decoders[(pack, dictionary) if codec == 2 else (0, 0)].decompress(raw, max_output_size=size or 1)
        need(len(raw) == size and blake3(raw).digest() == digest, "the contents have changed")
        if kind == DICTIONARY:
            self.decoders[pack, dictionary] = ZstdDecompressor(ZstdCompressionDict(raw))
        return kind, raw

    def rebuild(self, recipe: list[Any], body: bytes) -> Iterator[bytes]:
        """§3.2: a message in pieces."""
        at = 0
        for segment in recipe:
            if isinstance(segment, int):
                yield body[at : (at := at + segment)]
                continue
            place = self.sql(GET, (bytes.fromhex(segment[1]),)).fetchone()
            need(place, f"the part {segment[1]} is missing or damaged")
            with self.packs[place[0]].open("rb") as file:
                file.seek(place[1])
                part = next(entries(self.record(file, place[0])[1], place[2]))[4]
            if segment[0] == "b":
                (width, eol, last), text = segment[2:], base64.b64encode(part)
                part = eol.encode().join([text[i : i + width] for i in range(0, len(text), width)] + [b""] * last)
            yield part
        need(at == len(body), "the recipe does not fit the body")

    def check(self) -> int:
        for pack in range(1, max(self.packs, default=1) + 1):
            with self.naming(f"pack {pack}"):
                need(pack in self.packs, "the file is missing")
                with self.packs[pack].open("rb") as file:
                    self.check_pack(pack, file, pack == max(self.packs))
        self.torn = False
        for number, content in self.absent.items():
            with self.naming(f"message {number}"):
                need(False, f"its content {content} is missing or damaged")
        print(f"{pack} packs, {self.last['batch']} batches, {self.messages} messages, {self.bytes} bytes rebuilt")
        print(f"head: batch {self.last['batch']}, chain value {self.last['chain']}")
        with self.naming("chain"):
            need(not self.head, f"the expected value {self.head} is not in it")
        print(f"{self.faults} FAULTS" if self.faults else "SOUND")
        return min(self.faults, 1)

    def check_pack(self, pack: int, file: IO[bytes], is_last: bool) -> None:
        marks = re.finditer(rb"(?s)PRec\x01\x03(?=(.{54})(.{4}))", self.packs[pack].read_bytes() if is_last else b"")
        commits = [mark.start() for mark in marks if crc32(mark[0] + mark[1]) == int.from_bytes(mark[2], "little")]
        with self.naming(f"pack {pack}, file header"):
            magic, store, number, _, _, zero, check = FILE.unpack(raw := file.read(FILE.size))
            need((magic, zero, check) == (b"PRPACK\0\1", bytes(20), crc32(raw[:60])), "this is no pack of format 1")
            uuid = json.loads(self.label.read_bytes())["uuid"].replace("-", "") if self.label.exists() else store.hex()
            need((number, store.hex()) == (pack, uuid), f"this is pack {number} under another name or of another store")
        begin, leaves, loose = FILE.size, list[bytes](), 0
        while (at := file.tell()) < self.packs[pack].stat().st_size:
            where, self.torn = f"pack {pack}, record at {at}", is_last and at >= max(commits, default=0)
            with self.naming(where):
                kind, plain = self.record(file, pack)
                if kind == BLOCK:
                    loose = at
                    for offset, what, digest, meta, body in entries(plain):
                        if what != PART:
                            leaves.append(digest if what == ERASED else sha256(b"\0" + digest + meta).digest())
                        line = json.loads(meta or b"{}")
                        with self.naming(f"{where}, {'message' if 'n' in line else 'entry'} {line.get('n', offset)!r}"):
                            self.check_entry((pack, at, offset), what, digest, line, body)
                elif kind == COMMIT:
                    first, begin, row, leaves, loose = begin, file.tell(), leaves, [], 0
                    self.check_commit(json.loads(plain), row, range(first, at + 1))
                elif kind == CONTENTS:
                    need(file.read() == b"PREnd\0\0\0" + struct.pack("<Q", at), "the end of the pack is wrong")
        need(not loose, f"no commit record follows the record at {loose}")

    def check_entry(self, place: tuple[int, int, int], kind: int, digest: bytes, line: Any, body: bytes) -> None:
        if kind == MESSAGE or line.get("e") == "message":
            need(self.sql(ADD, (line["n"], *place)).rowcount, f"the number {line['n']} was used before")
        if kind in (PART, MESSAGE):
            got, size = blake3() if kind == PART else sha256(), 0
            for piece in self.rebuild(line.get("p", [len(body)]), body):
                got.update(piece)
                size += len(piece)
            what = "part" if kind == PART else "message"
            need((got.digest(), size) == (digest, line.get("z", size)), f"the {what} has changed")
            self.sql(ADD, (digest, *place))
            self.messages, self.bytes = self.messages + kind - PART, self.bytes + size * (kind - PART)
        elif line.get("e") == "message" and not self.sql(GET, (bytes.fromhex(line["h"]),)).fetchone():
            self.absent[line["n"]] = line["h"]
        elif line.get("e") == "delete":  # what was deleted may rightly be gone
            self.absent = {n: content for n, content in self.absent.items() if n not in line["n"]}

    def check_commit(self, line: dict[str, Any], row: list[bytes], batch: range) -> None:
        """§4: the batch has these leaves and is bound to the one before."""
        numbers, count = struct.pack(">QQQ", line["batch"], line["t"], line["leaves"]), len(row)
        chain = sha256(b"\2" + bytes.fromhex(line["prev"]) + bytes.fromhex(line["root"]) + numbers).hexdigest()
        self.torn, before, self.last = False, self.last, line
        if chain == self.head:
            print(f"The expected value is that of batch {line['batch']}: all up to it is unchanged.")
            self.head = None
        while len(row) > 1:  # the Merkle tree; a last node without neighbour goes up as it is
            pairs = [b"".join(row[i : i + 2]) for i in range(0, len(row), 2)]
            row = [sha256(b"\1" + pair).digest() if len(pair) == 64 else pair for pair in pairs]
        root = b"".join(row) or sha256().digest()
        need((line["leaves"], line["root"]) == (count, root.hex()), "the Merkle root is another")
        need(line["first"] in batch, "it names another first record")
        need((line["batch"], line["prev"]) == (before["batch"] + 1, before["chain"]), "it does not follow the last one")
        need(line["t"] >= before["t"], "it is older than the batch before")
        need(line["chain"] == chain, "the chain value is wrong")


def main() -> int:
    options = argparse.ArgumentParser(description="Checks an archive store or an export of messages.")
    options.add_argument("path", type=Path)
    options.add_argument("--head", type=str.lower, help="a chain value written down earlier, in hex")
    given, other = options.parse_args(), Path(__file__).with_name("verify_export_offline.py")
    export = given.path.is_file() or (given.path / "manifest.jsonl").exists()
    if export and not other.exists():
        options.error(f"{given.path} is an export: put {other.name} beside this file, or run that one")
    return int(runpy.run_path(str(other))["main"]()) if export else Store(given.path, given.head).check()


if __name__ == "__main__":
    raise SystemExit(main())
