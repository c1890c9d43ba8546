"""Writes every message of a store to a file, from nothing but its packs; verify_offline.py must lie beside this file.

    python extract_offline.py STORE DIR [--head HEX]        needs: pip install zstandard blake3

STORE is checked first (see verify_offline.py). Then each message becomes DIR/archive/folder/number.eml, where it was
after all moves; deleted ones whose bytes are still there go below DIR/deleted. A .eml has the SHA-256 that the archive
noted; what could be had of a damaged message is a .damaged. The exit code is 0 when nothing was wrong.
"""

import argparse
import errno
import json
import re
import struct
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import IO, Any
from zlib import crc32

if __package__:
    from . import verify_offline as verify
else:
    import verify_offline as verify  # type: ignore[import-not-found, no-redef]

Place = tuple[int, int, int]
"""Pack, offset of the record, offset of the entry in its block."""


class Extractor(verify.Store):
    """Reads the packs twice: what stands where and what happened later; then each message, to where it belongs now."""

    def __init__(self, folder: Path, target: Path) -> None:
        super().__init__(folder)
        self.target, self.written, self.damaged = target, 0, 0
        self.moves: list[tuple[Place, str, str, dict[int, int]]] = []  # when, from, to, numbers of split messages
        self.sql("CREATE TABLE deleted (n INTEGER PRIMARY KEY)")

    def extract(self) -> None:
        for place, kind, digest, meta, _ in self.entries():
            if kind in (verify.PART, verify.MESSAGE):
                self.sql(verify.ADD, (digest, *place))
            elif kind == verify.JOURNAL:
                with self.naming(f"pack {place[0]}, record at {place[1]}, entry at {place[2]}"):
                    self.note(place, json.loads(meta))
        for place, kind, digest, meta, body in self.entries():
            with self.naming(f"pack {place[0]}, record at {place[1]}, entry at {place[2]}, not extracted"):
                line = json.loads(meta or b"{}")
                if kind == verify.MESSAGE:
                    self.write(place, line, digest, self.rebuild(line.get("p", [len(body)]), body))
                elif line.get("e") == "message":
                    self.write(place, line, bytes.fromhex(line["h"]), self.stored(bytes.fromhex(line["h"])))
        print(f"{self.written} messages written below {self.target}, {self.damaged} damaged")

    def entries(self) -> Iterator[tuple[Place, int, bytes, bytes, bytes]]:
        """Place, kind, digest, meta and body of all that can be read; faults were told by the check."""
        for pack, path in sorted(self.packs.items()):
            with path.open("rb") as file:
                for record, plain in self.blocks(pack, file):
                    with suppress(ValueError, struct.error):
                        for at, kind, digest, meta, body in verify.entries(plain):
                            yield (pack, record, at), kind, digest, meta, body

    def blocks(self, pack: int, file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
        """Offset and plain bytes of each block; after a broken header on at the next one that is sound."""
        at, size = verify.FILE.size, file.seek(0, 2)
        while at < size:
            file.seek(at)
            try:
                kind, plain = self.record(file, pack)
            except Exception:  # noqa: BLE001 - the check has told it
                kind, plain = 0, b""
            begin, at = at, file.tell() if kind or file.tell() < size else next_header(file, at + 1)
            if kind == verify.BLOCK:
                yield begin, plain

    def note(self, place: Place, event: dict[str, Any]) -> None:
        """§3.3: what happened to messages that were stored before."""
        if event["e"] == "delete":
            self.sql("INSERT OR IGNORE INTO deleted SELECT value FROM json_each(?)", (json.dumps(event["n"]),))
        elif event["e"] == "restore":
            self.sql("DELETE FROM deleted WHERE n IN (SELECT value FROM json_each(?))", (json.dumps(event["n"]),))
        elif event["e"] == "move":
            split = {number: event["next"] + i for i, number in enumerate(event.get("split", []))}
            self.moves.append((place, event["from"], event["to"], split))

    def stored(self, digest: bytes) -> Iterator[bytes]:
        """The message with this SHA-256."""
        place = self.sql(verify.GET, (digest,)).fetchone()
        verify.need(place, "its content is missing or damaged")
        with self.packs[place[0]].open("rb") as file:
            file.seek(place[1])
            _, _, _, meta, body = next(verify.entries(self.record(file, place[0])[1], place[2]))
        yield from self.rebuild(json.loads(meta).get("p", [len(body)]), body)

    def folder(self, place: Place, line: dict[str, Any]) -> Path:
        """Where the message lies after all moves that came later."""
        folder, number = f"{line['a']}/{line['f']}", line["n"]
        for later, old, new, split in self.moves:
            if place < later and f"{folder}/".startswith(f"{old}/"):
                folder, number = new + folder[len(old) :], split.get(number, number)
        names = [re.sub(r"[^\w @.,;+()-]", "_", name).strip(". ")[:60] or "_" for name in folder.split("/") if name]
        deleted = self.sql("SELECT 1 FROM deleted WHERE n = ?", (number,)).fetchone()
        return self.target.joinpath(*["deleted"] * bool(deleted), *names[:30])

    def write(self, place: Place, line: dict[str, Any], digest: bytes, pieces: Iterable[bytes]) -> None:
        folder, whole = self.folder(place, line), sha256()
        folder.mkdir(parents=True, exist_ok=True)
        begun = folder / f"{int(line['n'])}.damaged"
        try:
            with begun.open("wb") as file:
                for piece in pieces:
                    file.write(piece)
                    whole.update(piece)
            verify.need(whole.digest() == digest, "its SHA-256 is another")
            begun.replace(begun.with_suffix(".eml"))
            self.written += 1
        except Exception as error:
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                raise
            self.damaged += 1
            print(f"DAMAGED message {line['n']!r}, {begun}: {error}")


def next_header(file: IO[bytes], at: int) -> int:
    """Offset of the next sound record header from there on, or a place behind the end."""
    file.seek(at)
    while window := file.read(1 << 20):
        for match in re.finditer(b"PRec", window):
            file.seek(at + match.start())
            raw = file.read(verify.RECORD.size)
            if raw[60:] == crc32(raw[:60]).to_bytes(4, "little"):
                return at + match.start()
        at += max(1, len(window) - 3)
        file.seek(at)
    return at


def main() -> int:
    options = argparse.ArgumentParser(description="Writes every message of a store to a file.")
    options.add_argument("store", type=Path)
    options.add_argument("target", type=Path, metavar="DIR", help="a folder that is empty or does not exist")
    options.add_argument("--head", type=str.lower, help="a chain value written down earlier, in hex")
    given = options.parse_args()
    if given.target.exists() and any(given.target.iterdir()):
        options.error(f"{given.target} is not empty")
    faults = verify.Store(given.store, given.head).check()
    extractor = Extractor(given.store, given.target)
    extractor.extract()
    return int(bool(faults or extractor.faults or extractor.damaged))


if __name__ == "__main__":
    raise SystemExit(main())
