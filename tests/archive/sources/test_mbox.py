"""mbox files as sources: ids, dates, cursors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.archive.sources.support import mail, mbox, read, resume_everywhere

from postroom.archive.sources import open_source
from postroom.archive.sources.mbox import MboxSource, from_line_ms


@pytest.fixture
def box(tmp_path: Path) -> Path:
    path = tmp_path / "box"
    path.write_bytes(mbox([mail("1"), mail("2"), mail("1"), mail("3"), mail("1")]))
    return path


def test_equal_messages_are_told_apart_by_number(box: Path) -> None:
    found = read(open_source(box))
    numbers = [native_id.rpartition("-")[2] for native_id in (a.native_id for a in found.arrivals)]
    assert numbers == ["1", "1", "2", "1", "3"]
    assert len(found.ids) == 5


def test_ids_do_not_depend_on_the_place_in_the_file(box: Path) -> None:
    before = read(open_source(box)).ids
    box.write_bytes(mbox([mail("3"), mail("0"), mail("1"), mail("1"), mail("1"), mail("2")]))
    assert before < read(open_source(box)).ids


def test_it_continues_after_any_message(box: Path) -> None:
    resume_everywhere(lambda: open_source(box))


def test_an_unchanged_file_gives_nothing_more(box: Path) -> None:
    first = read(open_source(box))
    assert read(open_source(box), first.cursor, first.ids).arrivals == []


def test_what_was_appended_arrives_alone(box: Path) -> None:
    first = read(open_source(box))
    with box.open("ab") as file:
        file.write(mbox([mail("4"), mail("1")]))
    found = read(open_source(box), first.cursor, first.ids)
    assert found.bodies == [mail("4"), mail("1")]
    assert found.arrivals[1].native_id.endswith("-4")


def test_appending_to_a_file_without_last_empty_line_is_noticed(box: Path) -> None:
    box.write_bytes(box.read_bytes()[:-1])
    first = read(open_source(box))
    with box.open("ab") as file:
        file.write(b"\n" + mbox([mail("4")]))
    assert read(open_source(box), first.cursor, first.ids).bodies == [mail("4")]


def test_a_message_that_was_still_being_written_arrives_again_whole(box: Path) -> None:
    whole = box.read_bytes()
    box.write_bytes(whole[:-4])
    first = read(open_source(box))
    with box.open("r+b") as file:
        file.write(whole)
    found = read(open_source(box), first.cursor, first.ids)
    assert mail("1") in [a for a, i in zip(found.bodies, found.arrivals, strict=True) if i.native_id not in first.ids]


@pytest.mark.parametrize(
    "after",
    [
        [mail("9"), mail("2"), mail("1"), mail("3"), mail("1")],
        [mail("2"), mail("1"), mail("3"), mail("1")],
        [mail("5")],
        [],
    ],
    ids=["one replaced in place", "one removed", "all replaced", "emptied"],
)
def test_a_rewritten_file_is_read_from_the_start(box: Path, after: list[bytes]) -> None:
    first = read(open_source(box))
    box.write_bytes(mbox(after))
    found = read(open_source(box), first.cursor, first.ids)
    assert found.bodies == after
    assert {b for b, a in zip(found.bodies, found.arrivals, strict=True) if a.native_id not in first.ids} == set(
        after
    ) - set(first.bodies)


def test_a_replaced_file_with_the_same_end_is_read_from_the_start(box: Path) -> None:
    first = read(open_source(box))
    copy = box.with_name("copy")
    copy.write_bytes(box.read_bytes())
    copy.replace(box)
    assert len(read(open_source(box), first.cursor).arrivals) == 5


@pytest.mark.parametrize(
    "cursor",
    ["", "{}", "[]", "no json", '{"start": 3}', '{"dialect":"mbox","start":-1,"sha256":"","inode":1,"head":""}'],
)
def test_a_foreign_cursor_means_the_start(box: Path, cursor: str) -> None:
    assert len(read(open_source(box), cursor).arrivals) == 5


def test_the_cursor_keeps_the_quoting_that_was_found(tmp_path: Path) -> None:
    path = tmp_path / "box"
    counted = b"Content-Length: 23\nA: b\n\n>From one\n\nFrom b\nC: d\n\n"
    path.write_bytes(mbox([counted, mail("2", ">From two\n")]))
    first = read(open_source(path), most=1)
    assert json.loads(first.cursor or "")["dialect"] == "mboxcl2"
    assert read(open_source(path), first.cursor, first.ids).bodies == [mail("2", ">From two\n")]


def test_progress_counts_bytes(box: Path) -> None:
    source = open_source(box)
    read(source, most=1)
    assert source.progress() == (len(mbox([mail("1")])), box.stat().st_size)
    read(source)
    assert source.progress() == (box.stat().st_size, box.stat().st_size)


def test_large_messages_are_spooled_and_continued(tmp_path: Path) -> None:
    path = tmp_path / "box"
    path.write_bytes(mbox([mail("1", "long line\n" * 3000), mail("2"), mail("3", "x" * 50_000 + "\n")]))
    resume_everywhere(lambda: MboxSource(str(path), threshold=1000))


def test_an_empty_message_is_told(tmp_path: Path) -> None:
    path = tmp_path / "box"
    path.write_bytes(b"From x Thu Aug 22 12:36:23 2002\n\n" + mbox([mail("1")]))
    found = read(open_source(path))
    assert (found.reasons, found.bodies) == (["empty message"], [mail("1")])


def test_a_file_that_vanished_is_told(box: Path) -> None:
    source = open_source(box)
    box.unlink()
    assert read(source).reasons == ["no such file or directory"]


@pytest.mark.parametrize(
    ("line", "utc"),
    [
        (b"From a@b Thu Aug 22 12:36:23 2002", 1030019783),
        (b"From - Thu Aug 22 12:36 2002\r", 1030019760),
        (b"From a Thu Aug 22 12:36:23 +0200 2002", 1030012583),
        (b"From 17@xxx Thu Aug 22 12:36:23 +0000 2002", 1030019783),
        (b"From a Thu Aug 22 12:36:23 2002 -0130", 1030025183),
        (b"From a Thu Aug 22 12:36:23 CEST 2002", 1030019783),
        (b"From a Thu Feb 31 12:36:23 2002", None),
        (b"From a Thu Aug 22 12:36:23 0000", None),
        (b"From nobody", None),
        (b"From ", None),
    ],
)
def test_the_date_of_a_separator_is_read(line: bytes, utc: int | None) -> None:
    assert from_line_ms(line) == (None if utc is None else utc * 1000)
