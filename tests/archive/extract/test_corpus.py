"""Every file of the torture archives goes through the pool: none crashes a worker, stalls it, or is lost."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

import pytest
from tests.archive.extract import loaders
from tests.archive.extract.makers import attached, mail

from postroom.archive.extract import Attachment, Extracted, ExtractPool, Limits, extract

CORPUS = Path(os.environ.get("CORPUS") or Path(__file__).parents[4] / "shared" / "corpus")
OUTLOOK = "torture-outlook"

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not (CORPUS / f"{OUTLOOK}.tar.xz").exists(), reason=f"no corpus in {CORPUS}"),
]


def unpack(name: str, target: Path) -> list[Path]:
    with tarfile.open(CORPUS / f"{name}.tar.xz") as archive:
        archive.extractall(target, filter="data")
    return sorted(path for path in target.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def outlook(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return unpack(OUTLOOK, tmp_path_factory.mktemp("outlook"))


def through_pool(paths: list[Path]) -> list[Extracted]:
    batches = [[str(path) for path in paths[at : at + 100]] for at in range(0, len(paths), 100)]
    with ExtractPool(loaders.files, workers=2, limits=Limits(time_s=10)) as workers:
        return [found for batch in workers.map(batches) for found in batch]


def faults(found: list[Extracted]) -> list[str]:
    return [text for one in found for text in one.problems if "extraction failed" in text or "not read" in text]


def test_every_broken_message_is_read_by_the_pool(tmp_path: Path) -> None:
    paths = unpack("torture-mime", tmp_path)
    found = through_pool(paths)
    assert len(found) == len(paths)
    assert faults(found) == []
    assert sum(1 for one in found if one.body or one.attachments) > 0.95 * len(found)


def test_every_outlook_file_is_read_by_the_pool(outlook: list[Path], tmp_path: Path) -> None:
    for number, path in enumerate(outlook):
        (tmp_path / f"{number:03}").write_bytes(mail(attached(path.name, path.read_bytes())))
    found = through_pool(sorted(tmp_path.iterdir()))
    assert len(found) == len(outlook)
    assert faults(found) == []
    read = [one.attachments[0] for one in found]
    assert [a.size for a in read] == [path.stat().st_size for path in outlook]
    assert sum(1 for a in read if a.text) >= 24


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("simple_test_msg.msg", "test message"),
        ("RtfWithShortRussianString.msg", "Имя пользователя"),
        ("ASCII_CP1251_LCID1049.msg", "автоматически"),
        ("test-outlook2003.msg", "Microsoft Outlook 2003"),
        ("quick-winmail.dat", "Five files from Hell"),
        ("umlaut.tnef", "TEST äöü"),
    ],
)
def test_known_outlook_files_give_their_words(outlook: list[Path], name: str, words: str) -> None:
    assert words in attachments(outlook, name)[0].text


def test_attachments_of_outlook_files_are_walked_messages_in_them_too(outlook: list[Path]) -> None:
    found = attachments(outlook, "EmailWithInnerMailAndAttachments.msg")
    assert [a.filename for a in found] == [
        *("EmailWithInnerMailAndAttachments.msg", "OUTER 1.pdf", "OUTER 2.pdf"),
        *("Inner mail", "INNER 1.pdf", "INNER 2.pdf"),
    ]
    assert "INNER 2" in found[-1].text


def attachments(paths: list[Path], name: str) -> tuple[Attachment, ...]:
    path = next(path for path in paths if path.name == name)
    return extract(mail(attached(name, path.read_bytes())), Limits()).attachments
