"""Checks an export of messages with nothing but Python: not even the archive is needed.

    python verify_export_offline.py PATH [--head HEX]

PATH is the export's folder or .zip. Its manifest.jsonl has SHA-256 and proof of each message, then the chain of each
store from the first batch needed to the head. Every fault is one line; the exit code is 0 when there was none. --head
is a chain value written down earlier: when it is in a chain, all up to it is unchanged. § is a section of
docs/format.md.
"""

import argparse
import json
import re
import sqlite3
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, Any


def need(condition: object, why: str) -> None:
    if not condition:
        raise ValueError(why)


def proved_root(node: bytes, index: int, count: int, path: list[str]) -> str:
    """§4: the Merkle root, from one leaf and what lies beside its way up (RFC 9162 §2.1.3.2)."""
    need(0 <= index < count, "the proof names a leaf that is not in the batch")
    while count > 1:
        if index % 2 or index + 1 < count:  # else it has no neighbour and goes up as it is
            need(path, "the path of the proof is too short")
            beside, path = bytes.fromhex(path[0]), path[1:]
            node = sha256(b"\1" + (beside + node if index % 2 else node + beside)).digest()
        index, count = index // 2, (count + 1) // 2
    need(not path, "the path of the proof is too long")
    return node.hex()


def unquoted(file: IO[bytes], offset: int, length: int) -> Iterator[bytes]:
    """A message out of an mbox file: lines quoted as >From lose one >."""
    file.seek(offset)
    begins = True
    while length > 0 and (piece := file.readline(min(length, 1 << 20))):
        yield piece[1:] if begins and re.match(rb">+From ", piece) else piece
        begins, length = piece.endswith(b"\n"), length - len(piece)


class Export:
    """What was seen is in a temporary database: memory does not grow with the export."""

    def __init__(self, path: Path, head: str | None) -> None:
        self.path, self.head, self.faults, self.messages, self.sound = path, head, 0, 0, 0
        self.zip = zipfile.ZipFile(path) if path.is_file() else None
        self.chains: dict[str, dict[str, Any]] = {}  # store: its last batch so far
        self.heads: Any = None  # what the manifest says they are
        self.ends: dict[str, int] = {}  # mbox file: where its last message so far ends
        self.sql = sqlite3.connect("").execute
        self.sql("CREATE TABLE batch (store, number, leaves, root, PRIMARY KEY (store, number))")
        self.sql("CREATE TABLE file (name PRIMARY KEY, met)")

    @contextmanager
    def naming(self, where: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 - damaged or hostile files may raise anything
            self.faults += 1
            why = error if type(error) is ValueError else repr(error)
            print("FAULT", "".join(c if c.isprintable() else ascii(c)[1:-1] for c in f"{where}: {why}"))

    def open(self, name: str) -> IO[bytes]:
        need(not Path(name).is_absolute() and ".." not in Path(name).parts, "the file lies outside the export")
        return self.zip.open(name) if self.zip else (self.path / name).open("rb")

    def names(self) -> Iterator[str]:
        if self.zip:
            return (name for name in self.zip.namelist() if not name.endswith("/"))
        return (file.relative_to(self.path).as_posix() for file in self.path.rglob("*") if not file.is_dir())

    def check(self) -> int:
        """The chain first, then each message against its batch, then what else lies there."""
        with self.naming("manifest"):
            for step in (self.check_batch, self.check_message):  # the messages stand before the chain that proves them
                with self.open("manifest.jsonl") as manifest:
                    for line in map(json.loads, manifest):
                        step(line)
            need(self.heads is not None, "it has no last line: the export is not finished")
            ends = {store: {"batch": line["batch"], "chain": line["chain"]} for store, line in self.chains.items()}
            need(ends == self.heads, "the chain does not end at the head that it names")
        for name in self.names():
            with self.naming(f"file {name}"):
                self.check_file(name)
        print(f"{self.sound} of {self.messages} messages are what the archive had committed")
        for store, line in self.chains.items():
            print(f"head of store {store}: batch {line['batch']}, chain value {line['chain']}")
        with self.naming("chain"):
            need(not self.head, f"the expected value {self.head} is not in it")
        print(f"{self.faults} FAULTS" if self.faults else "SOUND")
        return min(self.faults, 1)

    def check_batch(self, line: dict[str, Any]) -> None:
        """§4: bind a batch to the one before."""
        self.heads = line.get("heads", self.heads)
        if "chain" not in line:
            return
        store, number = str(line["store"]), line["batch"]
        numbers = struct.pack(">QQQ", number, line["t"], line["leaves"])
        chain = sha256(b"\2" + bytes.fromhex(line["prev"]) + bytes.fromhex(line["root"]) + numbers).hexdigest()
        first = {"batch": number - 1, "t": 0, "chain": line["prev"]}
        before, self.chains[store] = self.chains.get(store, first), line
        self.sql("INSERT OR IGNORE INTO batch VALUES (?, ?, ?, ?)", (store, number, line["leaves"], line["root"]))
        if chain == self.head:
            print(f"The expected value is that of batch {number}: all up to it is unchanged.")
            self.head = None
        with self.naming(f"store {store}, batch {number}"):
            need(line["chain"] == chain, "the chain value is wrong")
            follows = (number, line["prev"]) == (before["batch"] + 1, before["chain"])
            need(follows and line["t"] >= before["t"], f"it does not follow batch {before['batch']}")

    def check_message(self, line: dict[str, Any]) -> None:
        if "id" in line and "error" in line:
            print(f"NOT EXPORTED message {line['id']}: {line['error']}")
        elif "id" in line:
            self.messages += 1
            with self.naming(f"message {line['id']}, file {line.get('file')}"):
                self.check_proof(line["id"].partition(":")[0], line["sha256"], line["proof"])
                self.check_bytes(line["file"], line["sha256"], line)
                self.sound += 1

    def check_proof(self, store: str, expected: str, proof: dict[str, Any]) -> None:
        digest, meta = bytes.fromhex(proof["digest"]), proof["meta"].encode()
        stored = digest.hex() if any(digest) else json.loads(meta)["h"]  # no digest: known from another archive
        need(stored == expected, "the proof is of another message")
        key = (store, proof["batch"])
        batch = self.sql("SELECT leaves, root FROM batch WHERE store = ? AND number = ?", key).fetchone()
        need(batch, f"batch {proof['batch']} is not in the manifest")
        leaf = sha256(b"\0" + digest + meta).digest()
        need(proved_root(leaf, proof["index"], batch[0], proof["path"]) == batch[1], "the proof does not hold")

    def check_bytes(self, name: str, expected: str, line: dict[str, Any]) -> None:
        self.sql("INSERT OR IGNORE INTO file VALUES (?, FALSE)", (name,))
        whole = sha256()
        with self.open(name) as file:
            pieces: Iterator[bytes] = iter(lambda: file.read(1 << 20), b"")
            if "offset" in line:
                self.check_gap(file, name, line["offset"], line["length"])
                pieces = unquoted(file, line["offset"], line["length"])
            for piece in pieces:
                whole.update(piece)
        need(whole.hexdigest() == expected, "the file has changed")

    def check_gap(self, file: IO[bytes], name: str, offset: int, length: int) -> None:
        """Between two messages of an mbox file stands nothing but the From line of the second."""
        end, self.ends[name] = self.ends.get(name, 0), offset + length
        file.seek(end)
        gap = file.read(min(max(0, offset - end), 1000))
        need(len(gap) == offset - end, "it does not follow the message before it in the file")
        need(
            re.fullmatch(rb"\n{0,2}From [^\n]*\n", gap), "the file has more between the messages than the manifest says"
        )

    def check_file(self, name: str) -> None:
        if name != "manifest.jsonl":
            known = self.sql("UPDATE file SET met = TRUE WHERE name = ? AND NOT met", (name,)).rowcount
            need(known, "the manifest does not name it, or it is there twice")
        if name in self.ends:
            with self.open(name) as file:
                file.seek(self.ends[name])
                need(file.read(3) in (b"\n", b"\n\n"), "it has more messages than the manifest says")


def main() -> int:
    options = argparse.ArgumentParser(description="Checks an export of messages.")
    options.add_argument("path", type=Path)
    options.add_argument("--head", type=str.lower, help="a chain value written down earlier, in hex")
    given = options.parse_args()
    try:
        export = Export(given.path, given.head)
    except (OSError, zipfile.BadZipFile) as error:
        print(f"FAULT {given.path}: {error}")
        return 1
    return export.check()


if __name__ == "__main__":
    raise SystemExit(main())
