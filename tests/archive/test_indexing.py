"""Which attachments are read for the search index."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.archive.extract.makers import docx, zipped
from tests.archive.instances import USER, WAIT_S, found, settings

from postroom.archive.archive import Archive
from postroom.archive.extract.kinds import ALWAYS, EXTENSIONS, is_wanted
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.storage.writer import Incoming
from postroom.errors import Invalid


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "a", settings()) as archive:
        yield archive


def mail(number: int, filename: str, content: bytes) -> Incoming:
    message = EmailMessage()
    message["Subject"] = f"number {number}"
    message.set_content("see the attachment")
    message.add_attachment(content, "application", "octet-stream", filename=filename)
    return Incoming(USER, "", "test", str(number), message.as_bytes(), 1)


def put(archive: Archive, number: int, filename: str, content: bytes) -> None:
    archive.stores.add([mail(number, filename, content)], {})
    assert archive.wait_indexed(WAIT_S)


def choose(archive: Archive, *extensions: str) -> None:
    archive.instance.indexing.update({"extensions": extensions}, SYSTEM)


def test_all_that_can_be_read_is_read_until_something_is_chosen(archive: Archive) -> None:
    assert archive.instance.indexing.get().chosen == tuple(sorted(EXTENSIONS))
    put(archive, 1, "roof.docx", docx("slate"))
    assert found(archive, "slate") == {1}


def test_what_was_not_chosen_is_named_and_not_read(archive: Archive) -> None:
    choose(archive, "pdf")
    put(archive, 1, "roof.docx", docx("slate"))
    put(archive, 2, "notes.txt", b"a slate in plain text")
    put(archive, 3, "notes.html", b"<html>a slate in HTML</html>")
    put(archive, 4, "numbers.csv", b"slate,1\n")
    assert found(archive, "slate") == {2, 3}
    assert found(archive, "filename:roof.docx") == {1}
    assert found(archive, "has:attachment") == {1, 2, 3, 4}


def test_it_holds_for_what_comes_and_for_the_rest_after_a_rebuild(archive: Archive) -> None:
    put(archive, 1, "roof.docx", docx("slate"))
    put(archive, 2, "roofs.zip", zipped({"inner.docx": docx("slate")}))
    choose(archive, "zip")
    put(archive, 3, "roof.docx", docx("slate"))
    assert found(archive, "slate") == {1, 2}
    mount = archive.stores.get(1)
    mount.indexer.rebuild()
    assert archive.wait_indexed(WAIT_S)
    assert found(archive, "slate") == set()
    choose(archive, *EXTENSIONS)
    mount.indexer.rebuild()
    assert archive.wait_indexed(WAIT_S)
    assert found(archive, "slate") == {1, 2, 3}


def test_it_is_kept_over_a_restart(archive: Archive, tmp_path: Path) -> None:
    choose(archive, "pdf")
    archive.close()
    with Archive(tmp_path / "a", settings()) as again:
        assert again.instance.indexing.get().chosen == ("pdf",)
        put(again, 1, "roof.docx", docx("slate"))
        assert found(again, "slate") == set()


@pytest.mark.parametrize(
    ("kind", "filename", "wanted"),
    [
        ("pdf", "a.pdf", True),
        ("pdf", "a.PDF", True),
        ("pdf", "a.jpg", True),
        ("pdf", "", True),
        ("zip", "a.docx", False),
        ("zip", "a.zip", False),
        ("zip", "a.pdf", False),
        ("text", "a.log", False),
        ("text", "a.txt", True),
        ("text", "README", True),
        ("html", "a.htm", True),
        ("mail", "a.eml", True),
        ("tnef", "winmail.dat", True),
    ],
)
def test_a_name_counts_where_it_fits_the_kind(kind: str, filename: str, wanted: bool) -> None:
    assert is_wanted(kind, filename, frozenset({"pdf"})) is wanted
    assert is_wanted(kind, filename, None)
    assert is_wanted(kind, filename, EXTENSIONS)


def test_each_way_to_write_a_list_is_taken(archive: Archive) -> None:
    for given in (["PDF", ".docx", "*.xlsx"], "pdf, .DOCX;xlsx", "pdf\tdocx\nxlsx", ["pdf", "docx", "xlsx", "pdf", ""]):
        archive.instance.indexing.update({"extensions": given}, SYSTEM)
        assert archive.instance.indexing.get().chosen == ("docx", "pdf", "xlsx")
    archive.instance.indexing.update({"extensions": ["pdf", "dwg"]}, SYSTEM)
    assert archive.instance.indexing.get().unreadable == ("dwg",)
    archive.instance.indexing.update({"extensions": []}, SYSTEM)
    assert archive.instance.indexing.get().chosen == ()
    archive.instance.indexing.update({"extensions": None}, SYSTEM)
    assert archive.instance.indexing.get().chosen == tuple(sorted(EXTENSIONS))


@pytest.mark.parametrize("wrong", [5, [5], ["a/b"], ["x" * 21], ["a\0"], ["pdf"] * 1001, {"pdf": 1}])
def test_what_is_no_list_of_extensions_is_refused(archive: Archive, wrong: object) -> None:
    with pytest.raises(Invalid, match="extensions"):
        archive.instance.indexing.update({"extensions": wrong}, SYSTEM)


def test_plain_text_html_and_mail_are_among_what_can_be_read() -> None:
    assert ALWAYS <= EXTENSIONS
    assert {"txt", "htm", "html", "eml", "pdf", "docx", "xlsx", "pptx", "odt", "rtf", "zip", "msg"} <= EXTENSIONS
