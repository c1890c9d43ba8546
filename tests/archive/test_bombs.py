"""Hostile messages through the whole house: bounded in time and memory, and nobody else's mail suffers."""

from __future__ import annotations

import base64
import hashlib
import os
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from tests.archive import bombs
from tests.archive.instances import READER, found, settings, take_in

from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.messages import MessageId

MIB = 1 << 20
LIMIT_S = 6.0
MEMORY = 256 * MIB
LIBRARIES = 160 * MIB
"""What a worker maps beside its own memory: Python, tantivy's and other libraries, shared with all of them."""
ATTACHMENT_BYTES = int(os.environ.get("POSTROOM_LARGE_MB", "100")) * MIB

TOLD = {
    "long_header": "header too large",
    "long_field": "header too large",
    "encoded_words": "header too large",
    "nested_parts": "structure not readable",
    "nested_parts_to_the_stack": "too many parts",
    "nested_messages": "structure not readable",
    "tiny_attachments": "too many attachments",
    "zip_of_zips": "too large when unpacked",
    "zip_of_zeros": "too large when unpacked",
    "zip_of_many": "too many archive members",
    "gzip_of_zeros": "too large when unpacked",
    "word_entities": "damaged",
    "pdf_stream": "attachments not read",
}
"""What a list says of a bomb whose whole was not read; the others were."""


class Peak:
    """The largest resident memory of any one worker."""

    def __init__(self) -> None:
        self.size = 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        while not self._end.wait(0.02):
            for child in psutil.Process().children():
                with suppress(psutil.Error):
                    self.size = max(self.size, child.memory_info().rss)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()


@dataclass(slots=True)
class House:
    archive: Archive
    digests: dict[str, bytes]
    peak: int
    numbers: dict[str, int] = field(default_factory=dict)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """All bombs among harmless mail, one worker, a short limit."""
    root = tmp_path_factory.mktemp("bombs")
    digests = {}
    (root / "set").mkdir()
    for order, make in enumerate(bombs.ALL):
        files = {
            f"{make.__name__}.eml": make(),
            f"harmless{order}.eml": b"Subject: harmless\n\nThe dog barks.\n%d" % order,
        }
        for name, raw in files.items():
            (root / "set" / name).write_bytes(raw)
            digests[name.removesuffix(".eml")] = hashlib.sha256(raw).digest()
    with Archive(root / "home", settings(LIMIT_S, extract_memory_bytes=MEMORY)) as archive:
        with Peak() as peak:
            assert take_in(archive, root / "set").stored == len(digests)
        opened = House(archive, digests, peak.size)
        reader = archive.stores.all()[0].store.reader
        for number in range(1, len(digests) + 1):
            opened.numbers[reader.native(number)[1].partition(".eml")[0]] = number
        yield opened


@pytest.mark.parametrize("name", [make.__name__ for make in bombs.ALL])
def test_a_bomb_is_found_by_its_words_and_says_what_was_not_read(house: House, name: str) -> None:
    number = house.numbers[name]
    assert number in found(house.archive, bombs.WORD)
    assert number in found(house.archive, "subject:bomb")
    summaries = house.archive.stores.all()[0].summaries
    assert summaries is not None
    problems = summaries.get([number])[number].problems
    assert TOLD[name] in problems if name in TOLD else not problems


def test_nobody_elses_mail_suffers(house: House) -> None:
    harmless = {number for name, number in house.numbers.items() if name.startswith("harmless")}
    assert found(house.archive, "dog") == harmless
    summaries = house.archive.stores.all()[0].summaries
    assert summaries is not None
    assert not any(row.problems for row in summaries.get(sorted(harmless)).values())


def test_a_worker_stays_within_its_memory(house: House) -> None:
    assert 0 < house.peak < MEMORY + LIBRARIES


def test_bombs_are_exported_to_the_byte(house: House, tmp_path: Path) -> None:
    for name, number in house.numbers.items():
        assert hashlib.sha256(house.archive.messages.open(MessageId(1, number))[:]).digest() == house.digests[name]
    done = house.archive.export_mail(tmp_path / "all.zip", "zip", READER, SYSTEM)
    assert (done.messages, done.failed) == (len(house.numbers), 0)
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        names = [name for name in archive.namelist() if name.endswith(".eml")]
        assert {hashlib.sha256(archive.read(name)).digest() for name in names} == set(house.digests.values())


def test_showing_bombs_in_this_process_ends_in_time(house: House) -> None:
    """Snippets and single messages are made without a worker: what hurts there hurts the server."""
    with in_time(20 * LIMIT_S):
        page = house.archive.search(bombs.WORD, READER, SYSTEM, limit=100)
        assert page.total == len(bombs.ALL)
        for number in house.numbers.values():
            assert house.archive.message_detail(f"1:{number}", READER, SYSTEM).words.subject in ("bomb", "harmless")


@contextmanager
def in_time(limit_s: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < limit_s


def test_a_huge_attachment_is_stored_found_by_its_name_and_given_back(tmp_path: Path) -> None:
    line = base64.b64encode(bytes(range(57))) + b"\n"
    head = (
        b'Subject: huge\nContent-Type: multipart/mixed; boundary="b"\n\n--b\n\nThe dog barks.\n--b\n'
        b"Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n"
        b'Content-Disposition: attachment; filename="elephant.bin"\n\n'
    )
    path = tmp_path / "huge.eml"
    with path.open("wb") as file:
        file.write(head)
        for _ in range(ATTACHMENT_BYTES // (57 * 10_000)):
            file.write(line * 10_000)
        file.write(b"\n--b--\n")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
    # A MiB in a second: ten were too many for a loaded machine, and what is not read in time is not found by its words.
    with Archive(tmp_path / "home", settings(max(LIMIT_S, ATTACHMENT_BYTES / MIB))) as archive, Peak() as peak:
        take_in(archive, path)
        assert found(archive, "filename:elephant") == found(archive, "dog") == {1}
        (listed,) = archive.messages.in_folder("anna")
        assert (listed.size, listed.attachments) == (path.stat().st_size, 1)
        read = hashlib.sha256()
        for piece in archive.messages.chunks(MessageId(1, 1)):
            read.update(piece)
        assert read.digest() == digest
        done = archive.export_mail(tmp_path / "out", "eml", READER, SYSTEM)
        (written,) = (tmp_path / "out").rglob("*.eml")
    with written.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").digest() == digest
    assert done.messages == 1
    assert peak.size < 2 * LIBRARIES
