"""The hostile part of the corpus through the whole house: imported, indexed, listed, searched for, exported.

Words to search for come from `reading`, which shares no code with the extraction that fills the index.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
import os
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.archive.extract.makers import attached, mail, text
from tests.archive.instances import READER, found, settings, take_in
from tests.corpus import archives, reading

from postroom.archive.archive import Archive
from postroom.archive.folders import Folder
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.messages import MessageId

pytestmark = [pytest.mark.corpus, archives.needs_corpus]

LIMIT_S = 3.0

MESSAGES = ("torture-mime", "phishing_pot")
FILES = ("torture-outlook", "torture-calendar-contacts")

NOT_FOUND = {
    "mbox/jwz/116.eml": "a header field of an inner message that is not shown",
    "mbox/jwz/5.eml": "base64 that the standard library takes for text",
    "multipartemptypart.msg.eml": "text after the last boundary, which mail programs do not show",
    "testGroupWiseEml.eml.eml": "base64 of an inner message, which we decode",
    "raw_email4.eml.eml": "a boundary with a dash too few",
    "raw_email_incorrect_header.eml.eml": "header fields after a line that is none, which we go on reading as header",
    "issue274.eml.eml": "base64 of an inner message, which we decode",
    "rfc/008.eml.eml": "base64 of an inner message, which we decode",
}
"""Files with a word that the standard library reads and search does not find, and why that is right."""


@dataclass(slots=True)
class House:
    """An instance with one set in it. `files`: digest by path below the set; `read`: words by message and place."""

    archive: Archive
    files: dict[str, bytes]
    numbers: dict[int, str] = field(default_factory=dict)
    read: dict[int, dict[str, set[str]]] = field(default_factory=dict)

    def body(self, number: int) -> bytes:
        return bytes(self.archive.messages.open(MessageId(1, number))[:])


def as_message(name: str, raw: bytes) -> bytes:
    """A file that is no message as the only attachment of one."""
    base = name.rpartition("/")[2]
    return mail(text("see there"), attached(base, raw, mimetypes.guess_type(base)[0] or "application/octet-stream"))


def write_set(name: str, root: Path) -> dict[str, bytes]:
    """The files of a set, each as one message; `.eml` makes a message of whatever is in it."""
    digests: dict[str, bytes] = {}
    for path, raw in archives.mails(name):
        if raw:
            body = as_message(path, raw) if name in FILES else raw
            target = root / f"{path}.eml"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(body)
            digests[f"{path}.eml"] = hashlib.sha256(body).digest()
    return digests


@pytest.fixture(scope="module", params=[*MESSAGES, *FILES])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    root = tmp_path_factory.mktemp(request.param)
    files = write_set(request.param, root / "set")
    with Archive(root / "home", settings(LIMIT_S)) as archive:
        result = take_in(archive, root / "set", "folder")
        assert (result.failed, result.stored) == (0, len(set(files.values())))
        opened = House(archive, files)
        store = archive.stores.all()[0].store
        for row in store.catalogue.all_messages():
            opened.numbers[row.number] = store.reader.native(row.number)[1].rsplit("|", 2)[0]
            opened.read[row.number] = reading.readable(opened.body(row.number))
        yield opened


def test_every_file_is_stored_to_the_byte(house: House) -> None:
    for number, name in house.numbers.items():
        assert hashlib.sha256(house.body(number)).digest() == house.files[name], name
    assert {house.files[name] for name in house.numbers.values()} == set(house.files.values())


def test_every_message_is_listed_in_its_folder(house: House) -> None:
    folders = [path for folder in house.archive.folders.tree() for path in walk(folder)]
    listed = [entry for path in folders for entry in house.archive.messages.in_folder(path)]
    assert {entry.id.number for entry in listed} == set(house.numbers)
    for entry in listed:
        words = house.read[entry.id.number]["subject"]
        assert not words or words & set(reading.words(entry.subject)), house.numbers[entry.id.number]


def walk(folder: Folder) -> Iterator[str]:
    yield folder.path
    for child in folder.children.values():
        yield from walk(child)


def test_no_message_ended_a_worker_or_was_given_up(house: House) -> None:
    summaries = house.archive.stores.all()[0].summaries
    assert summaries is not None
    problems = {house.numbers[n]: row.problems for n, row in summaries.get(list(house.numbers)).items() if row.problems}
    assert len(summaries.get(list(house.numbers))) == len(house.numbers)
    bad = {name: text for name, text in problems.items() if "failed" in text or "not read" in text or "limit" in text}
    assert bad == {}


def test_every_message_is_found_by_what_can_be_read_in_it(house: House) -> None:
    """For each place the word that fewest messages have, so that a hit means something."""
    seen = Counter(word.casefold() for places in house.read.values() for word in set().union(*places.values()))
    tried, missed = 0, set()
    for number, places in house.read.items():
        for words in places.values():
            word = reading.rarest(words, seen)
            if word is not None:
                tried += 1
                if number not in found(house.archive, f'"{word}"'):
                    missed.add((house.numbers[number], word))
    assert tried > len(house.numbers)
    print(f"{tried} words of {len(house.numbers)} messages, {len(missed)} not found")
    assert {name for name, _ in missed if not name.endswith(tuple(NOT_FOUND))} == set(), missed


def test_every_message_is_exported_to_the_byte(house: House, tmp_path: Path) -> None:
    done = house.archive.export_mail(tmp_path / "all.zip", "zip", READER, SYSTEM)
    assert (done.messages, done.failed) == (len(house.numbers), 0)
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        lines = [json.loads(line) for line in archive.read("manifest.jsonl").splitlines()]
        files = {int(line["id"].partition(":")[2]): line["file"] for line in lines if "file" in line}
        assert set(files) == set(house.numbers)
        for number, name in files.items():
            assert hashlib.sha256(archive.read(name)).digest() == house.files[house.numbers[number]]


@pytest.mark.parametrize("name", ["torture-mime", *FILES])
def test_a_folder_as_it_is_gives_a_message_or_a_named_problem_for_every_file(name: str, tmp_path: Path) -> None:
    """Without `.eml` the source decides what is mail. What it does not take it names; mboxes give several."""
    paths = {}
    for path, raw in archives.mails(name):
        target = tmp_path / "set" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(raw)
        paths[os.fspath(path)] = raw
    with Archive(tmp_path / "home", settings(LIMIT_S)) as archive:
        result = take_in(archive, tmp_path / "set", "folder")
        store = archive.stores.all()[0].store
        taken = {store.reader.native(row.number)[1].split("|")[0] for row in store.catalogue.all_messages()}
        named = {problem.native_id.split("|")[0] for problem in result.problems}
        stored = {row.sha256 for row in store.catalogue.all_messages()}
    lost = set(paths) - taken - named
    assert {path for path in lost if hashlib.sha256(paths[path]).digest() not in stored} == set()
    assert all(problem.reason for problem in result.problems)
    assert result.seen == result.stored + result.known + result.failed


def test_a_store_of_outlook_is_named_as_no_mail(tmp_path: Path) -> None:
    """Reading .pst is not promised: it must not vanish silently, nor be taken for one message."""
    files = {path: raw for path, raw in archives.mails("torture-outlook") if path.endswith(".pst")}
    assert files
    (tmp_path / "set").mkdir()
    for path, raw in files.items():
        (tmp_path / "set" / path.rpartition("/")[2]).write_bytes(raw)
    with Archive(tmp_path / "home", settings(LIMIT_S)) as archive:
        result = take_in(archive, tmp_path / "set", "folder")
    assert [problem.reason for problem in result.problems] == ["not a mail message"] * len(files)
    assert result.stored == 0
