"""Single messages, lists, export by choice: what an account gets, and what it does not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.archive.instances import READER, WAIT_S, settings

from postroom.archive.archive import Archive
from postroom.archive.export.export import FormName
from postroom.archive.instance.audit import SYSTEM, Actor, Filter
from postroom.archive.instance.privileges import Account
from postroom.archive.messages import MessageId
from postroom.archive.search import search
from postroom.archive.storage.writer import Incoming
from postroom.errors import Cancelled, Denied, Invalid, NotFound, WrongState

BY = Actor("anna", "test")
STRANGER = Account("bob", frozenset({"login", "export"}), folders={"bob": frozenset({"read"})})


def body(number: int, subject: str = "letter") -> bytes:
    return f"From: b@example.org\nTo: anna@example.com\nSubject: {subject} {number}\n\nHello {number}\n".encode()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """anna has five messages in two stores, one of them in two folders; bob has one."""
    with Archive(tmp_path / "archive", settings()) as archive:
        for number in (1, 2, 3):
            archive.stores.add([Incoming("anna", "Inbox", "test:", str(number), body(number))], {})
        archive.stores.add([Incoming("anna", "Copies", "test:", "1 again", body(1))], {})
        archive.stores.add([Incoming("bob", "Inbox", "test:", "bob", body(9, "secret"))], {})
        archive.stores.create("second", None, "current", SYSTEM)
        for number in (4, 5):
            archive.stores.add([Incoming("anna", "Inbox", "test:", str(number), body(number))], {})
        assert archive.wait_indexed(WAIT_S)
        yield archive


@pytest.mark.parametrize("text", ["", "1", "1:", ":1", "a:b", "1:1:1", "-1:1", "+1:1", "1_0:1", "١:١", "1:" + "9" * 30])
def test_what_is_no_message_id_is_told_so(text: str) -> None:
    with pytest.raises(Invalid, match="a message id like 1:4711"):
        MessageId.parse(text)


def test_a_list_goes_over_all_stores_page_by_page(archive: Archive) -> None:
    whole = [str(row.id) for row in archive.list_messages("anna/Inbox", READER)]
    assert whole == ["1:1", "1:2", "1:3", "2:1", "2:2"]
    pages, after = list[str](), None
    while page := archive.list_messages("anna/Inbox", READER, after=after, limit=2):
        pages += [str(row.id) for row in page]
        after = pages[-1]
    assert pages == whole


def test_a_message_is_told_with_all_its_folders_and_headers(archive: Archive) -> None:
    detail = archive.message_detail("1:1", READER, BY)
    assert detail.folders == ("anna/Copies", "anna/Inbox")
    assert detail.sha256 == hashlib.sha256(body(1)).digest()
    assert detail.headers == (("From", "b@example.org"), ("To", "anna@example.com"), ("Subject", "letter 1"))
    assert detail.words.body.strip() == "Hello 1"
    assert bytes(archive.read_message("1:1", READER, BY).body) == body(1)


def test_mail_of_others_is_neither_read_nor_deleted_and_the_try_is_logged(archive: Archive) -> None:
    for act in (archive.read_message, archive.message_detail, archive.proof):
        with pytest.raises(Denied):
            act("1:1", STRANGER, Actor("bob"))
    with pytest.raises(Denied):
        archive.delete_message("1:1", "because", STRANGER, Actor("bob"))
    logged = archive.instance.audit.entries(Filter(user="bob", ok=False))
    assert sorted(entry.event for entry in logged) == ["MessageDelete", "MessageView", "MessageView", "MessageView"]


def test_a_deleted_message_is_gone_from_lists_search_and_reading(archive: Archive) -> None:
    archive.delete_message("1:2", "asked for", READER, BY)
    assert archive.wait_indexed(WAIT_S)
    assert "1:2" not in [str(row.id) for row in archive.list_messages("anna/Inbox", READER)]
    assert archive.search('"Hello 2"', READER, BY).total == 0
    with pytest.raises(Denied, match="There is no message 1:2"):
        archive.read_message("1:2", READER, BY)
    with pytest.raises(NotFound):
        archive.delete_message("1:2", "again", READER, BY)


@pytest.mark.parametrize("reason", ["", "  "])
def test_deleting_needs_a_reason(archive: Archive, reason: str) -> None:
    with pytest.raises(Invalid, match="reason"):
        archive.delete_message("1:2", reason, READER, BY)
    assert archive.read_message("1:2", READER, BY)


def subjects(target: Path) -> set[str]:
    return {line for file in target.rglob("*.eml") for line in file.read_text().splitlines() if line.startswith("Subj")}


@pytest.mark.parametrize(
    ("chosen", "numbers"),
    [
        ({}, {1, 2, 3, 4, 5}),
        ({"folder": "anna/Inbox"}, {1, 2, 3, 4, 5}),
        ({"folder": "anna/Copies"}, {1}),
        ({"query": '"hello 4" or "hello 2"'}, {2, 4}),
        ({"query": "hello", "folder": "anna/Copies"}, {1}),
        ({"query": "nothing"}, set()),
        ({"ids": ["2:1", "1:1", "2:1"]}, {1, 4}),
        ({"ids": []}, set()),
    ],
)
def test_an_export_holds_what_was_chosen(
    archive: Archive, tmp_path: Path, chosen: dict[str, str], numbers: set[int]
) -> None:
    done = archive.export_mail(tmp_path / "out", "eml", READER, BY, **chosen)  # type: ignore[arg-type]
    assert done.messages == len(numbers)
    assert subjects(tmp_path / "out") == {f"Subject: letter {number}" for number in numbers}
    logged = archive.instance.audit.entries(Filter(events=("MessageExport",)))[0]
    assert (logged.ok, logged.details["messages"]) == (True, len(numbers))


def test_a_message_in_two_folders_is_exported_into_the_one_asked_for(archive: Archive, tmp_path: Path) -> None:
    archive.export_mail(tmp_path / "out", "eml", READER, BY, folder="anna/Inbox")
    assert {file.parent.name for file in (tmp_path / "out").rglob("*.eml")} == {"Inbox"}


def test_an_export_is_refused_as_a_whole_when_one_message_may_not_be_read(archive: Archive, tmp_path: Path) -> None:
    for chosen in ({"ids": ["1:1", "1:4"]}, {"folder": "bob"}):
        with pytest.raises(Denied):
            archive.export_mail(tmp_path / "out", "eml", READER, BY, **chosen)
    with pytest.raises(Denied, match="'export'"):
        archive.export_mail(tmp_path / "out", "eml", Account("anna", folders=READER.folders), BY)
    with pytest.raises(Invalid, match="either ids"):
        archive.export_mail(tmp_path / "out", "eml", READER, BY, ids=["1:1"], query="x")
    assert not (tmp_path / "out").exists()


def test_a_cancelled_export_goes_on_where_it_ended(archive: Archive, tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        if done == 2:
            raise Cancelled("stop")

    with pytest.raises(Cancelled):
        archive.export_mail(tmp_path / "out", "eml", READER, BY, progress=stop)
    assert archive.export_mail(tmp_path / "out", "eml", READER, BY).messages == 5
    with pytest.raises(WrongState):
        archive.export_mail(tmp_path / "out", "eml", READER, BY)


def test_an_import_of_known_mail_can_be_cancelled(archive: Archive, tmp_path: Path) -> None:
    box = tmp_path / "box"
    box.mkdir()
    for number in range(3):
        (box / f"{number}.eml").write_bytes(body(number))
    archive.import_mail(str(box), "anna", BY)

    def stop(*_: object) -> None:
        raise Cancelled("stop")

    with pytest.raises(Cancelled):
        archive.import_mail(str(box), "anna", BY, progress=stop)
    assert archive.instance.audit.entries(Filter(events=("MessageImport",)))[0].ok is False


def test_a_user_cannot_tell_mail_of_others_from_none_at_all(archive: Archive, tmp_path: Path) -> None:
    told = set()
    for number in ("1:1", "1:4711", "99:1"):
        for act in (archive.read_message, archive.message_detail, archive.proof):
            with pytest.raises(Denied) as refused:
                act(number, STRANGER, Actor("bob"))
            told.add(str(refused.value).replace(number, "N"))
        with pytest.raises(Denied) as refused:
            archive.export_mail(tmp_path / "target", "eml", STRANGER, Actor("bob"), ids=[number])
        told.add(str(refused.value).replace(number, "N"))
    assert told == {"There is no message N that the user 'bob' may read."}


def test_a_search_shows_nothing_of_a_folder_that_was_moved_out_of_reach(archive: Archive) -> None:
    for mount in archive.stores.open_mounts():
        mount.indexer.close()  # so that the index stays as it was before the move
    archive.folders.move("anna/Inbox", "bob/Inbox from anna", SYSTEM)
    assert [row.message for row in archive.search("letter", READER, BY).rows] == [1]  # it has a copy elsewhere


@pytest.mark.parametrize("form", ["eml", "mbox", "zip"])
def test_an_export_is_for_its_owner_alone(archive: Archive, tmp_path: Path, form: FormName) -> None:
    target = tmp_path / "target"
    archive.export_mail(target, form, READER, BY)
    assert target.stat().st_mode & 0o077 == 0


def test_a_page_whose_snippets_take_too_long_goes_on_without(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(row.snippet for row in archive.search("hello", READER, BY).rows)
    monkeypatch.setattr(search, "SNIPPETS_S", 0.0)
    rows = archive.search("hello", READER, BY).rows
    assert len(rows) == 5
    assert not any(row.snippet for row in rows)
