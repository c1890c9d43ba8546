"""Maildirs and folder trees."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from tests.archive.sources.support import Found, mail, mbox, read, resume_everywhere

from postroom.archive.sources import Arrival, files, open_source


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    root = tmp_path / "Maildir"
    for folder in ("", ".Sent", ".Lists.Entw&APw-rfe", ".Müll", "Plain", "Plain/.Inner"):
        for inside in ("cur", "new", "tmp"):
            (root / folder / inside).mkdir(parents=True)
    (root / "cur/1.a.host:2,S").write_bytes(mail("1"))
    (root / "new/2.b.host").write_bytes(mail("2"))
    (root / "tmp/3.c.host").write_bytes(mail("unfinished"))
    (root / ".Sent/cur/4.d.host,S=10:2,").write_bytes(mail("4"))
    (root / ".Lists.Entw&APw-rfe/cur/5.e.host").write_bytes(mail("5"))
    (root / ".Müll/new/6.f.host").write_bytes(mail("6"))
    (root / "Plain/.Inner/cur/7.g.host").write_bytes(mail("7"))
    (root / "dovecot-uidlist").write_text("3 V1 N8\n")
    return root


def folders(found: Found) -> dict[str, list[bytes]]:
    result: dict[str, list[bytes]] = {}
    for arrival in found.arrivals:
        result.setdefault(arrival.folder, []).append(bytes(arrival.body))
    return result


def test_a_maildir_gives_its_folders(maildir: Path) -> None:
    found = read(open_source(maildir))
    assert open_source(maildir).name == f"maildir:{maildir}"
    assert folders(found) == {
        "": [mail("2"), mail("1")],
        "Sent": [mail("4")],
        "Lists/Entwürfe": [mail("5")],
        "Müll": [mail("6")],
        "Plain/Inner": [mail("7")],
    }
    assert found.problems == []


def test_a_maildir_continues_after_any_message(maildir: Path) -> None:
    resume_everywhere(lambda: open_source(maildir))


def test_flags_and_moving_to_cur_change_no_id(maildir: Path) -> None:
    before = read(open_source(maildir)).ids
    (maildir / "cur/1.a.host:2,S").rename(maildir / "cur/1.a.host:2,RS")
    (maildir / "new/2.b.host").rename(maildir / "cur/2.b.host:2,")
    assert read(open_source(maildir), known=before).arrivals == []


def test_a_message_renamed_during_the_run_is_found_again(maildir: Path) -> None:
    for number in range(5):
        (maildir / f"cur/9.{number}:2,").write_bytes(mail(f"9.{number}"))
    found = Found()
    for item in open_source(maildir).arrivals(None, lambda _: False):
        assert isinstance(item, Arrival)
        if item.folder == "" and len(found.arrivals) == 1:
            (maildir / "cur/9.4:2,").rename(maildir / "cur/9.4:2,S")
        found.arrivals.append(item)
    assert found.bodies.count(mail("9.4")) == 1


def test_a_message_deleted_during_the_run_is_told(maildir: Path) -> None:
    (maildir / "cur/9.9:2,").write_bytes(mail("9"))
    items = open_source(maildir).arrivals(None, lambda _: False)
    first, _second = next(items), next(items)
    (maildir / "cur/9.9:2,").unlink()
    rest = list(items)
    assert isinstance(first, Arrival)
    assert [(i.native_id, i.reason) for i in rest if not isinstance(i, Arrival)] == [
        ("|9.9", "vanished during the run")
    ]


def test_links_pipes_and_empty_files_are_told(maildir: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(mail("somebody else's"))
    (maildir / "cur/link").symlink_to(tmp_path / "secret")
    (maildir / ".Loop").symlink_to(maildir)
    os.mkfifo(maildir / "cur/pipe")
    (maildir / "cur/empty").touch()
    found = read(open_source(maildir))
    assert {(p.native_id.partition("|")[2], p.reason) for p in found.problems} == {
        ("link", "symbolic link, not followed"),
        (".Loop", "symbolic link, not followed"),
        ("pipe", "not a regular file"),
        ("empty", "empty file"),
    }
    assert len(found.arrivals) == 6


def test_files_outside_of_maildir_folders_are_told(maildir: Path) -> None:
    (maildir.parent / "stray.eml").write_bytes(mail("stray"))
    found = read(open_source(maildir.parent))
    assert [(p.native_id, p.reason) for p in found.problems] == [("|stray.eml", "outside of a Maildir folder")]
    assert set(found.folders) == {
        "Maildir" + (f"/{name}" if name else "") for name in folders(read(open_source(maildir)))
    }


def test_a_maildir_has_its_size_as_progress(maildir: Path) -> None:
    source = open_source(maildir)
    whole = read(source)
    assert source.progress() == (sum(map(len, whole.bodies)),) * 2
    read(source, known=whole.ids)
    assert source.progress() == (sum(map(len, whole.bodies)),) * 2


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "mail"
    (root / "Inbox.sbd/Work").mkdir(parents=True)
    (root / "a.eml").write_bytes(b"From x Thu Aug 22 12:36:23 2002\n" + mail("a"))
    (root / "Inbox").write_bytes(mbox([mail("i1"), mail("i2"), mail("i1")]))
    (root / "Inbox.msf").write_bytes(b"index")
    (root / "Inbox.sbd/Old.mbox").write_bytes(mbox([mail("o1"), mail("o2")]))
    (root / "Inbox.sbd/Work/17").write_bytes(b"From x Thu Aug 22 12:36:23 2002\n" + mail("mh"))
    (root / "Inbox.sbd/Work/b.EML").write_bytes(b"\xff\0 hardly a mail")
    (root / "Inbox.sbd/Work/photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    (root / "Inbox.sbd/Work/notes.txt").write_bytes(b"Remember: milk\n\nSubject: none\n")
    (root / "Inbox.sbd/Work/saved.txt").write_bytes(mail("saved"))
    return root


def test_a_tree_gives_messages_and_mboxes(tree: Path) -> None:
    found = read(open_source(tree))
    assert folders(found) == {
        "": [b"From x Thu Aug 22 12:36:23 2002\n" + mail("a")],
        "Inbox": [mail("i1"), mail("i2"), mail("i1")],
        "Inbox/Old": [mail("o1"), mail("o2")],
        "Inbox/Work": [
            b"From x Thu Aug 22 12:36:23 2002\n" + mail("mh"),
            b"\xff\0 hardly a mail",
            mail("saved"),
        ],
    }
    assert found.reasons == ["not a mail message"] * 2


def test_a_tree_continues_after_any_message(tree: Path) -> None:
    resume_everywhere(lambda: open_source(tree))


def test_a_changed_mbox_in_a_tree_gives_what_is_new(tree: Path) -> None:
    first = read(open_source(tree))
    with (tree / "Inbox.sbd/Old.mbox").open("ab") as file:
        file.write(mbox([mail("o3")]))
    second = read(open_source(tree), first.cursor, first.ids)
    assert second.bodies == [mail("o3")]
    third = read(open_source(tree), second.cursor, first.ids | second.ids)
    assert third.arrivals == []


def test_a_changed_message_in_a_tree_is_a_new_one(tree: Path) -> None:
    first = read(open_source(tree))
    (tree / "a.eml").write_bytes(mail("changed"))
    assert read(open_source(tree), first.cursor, first.ids).bodies == [mail("changed")]


def test_odd_things_in_a_tree_are_told(tree: Path) -> None:
    (tree / "loop").symlink_to(tree)
    os.mkfifo(tree / "pipe.eml")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tree / "sock"))
        found = read(open_source(tree))
    assert sorted(p.reason for p in found.problems if p.folder == "") == [
        "not a regular file",
        "not a regular file",
        "symbolic link, not followed",
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_told(tree: Path) -> None:
    (tree / "a.eml").chmod(0)
    (tree / "Inbox.sbd").chmod(0)
    found = read(open_source(tree))
    (tree / "Inbox.sbd").chmod(0o700)
    assert found.reasons == ["permission denied"] * 2


def test_a_pipe_put_in_the_place_of_a_file_does_not_hold_us(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a regular file"):
        files.read_file(str(tmp_path / "pipe"))


def test_a_huge_directory_is_listed_in_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "WINDOW_ENTRIES", 3)
    for number in range(10):
        (tmp_path / f"{number}.eml").write_bytes(mail(str(number)))
    assert sorted(read(open_source(tmp_path)).bodies) == sorted(mail(str(n)) for n in range(10))


def test_names_that_are_no_text_survive(tmp_path: Path) -> None:
    directory = os.fsencode(tmp_path) + b"/caf\xe9\n"
    Path(os.fsdecode(directory)).mkdir()
    for name in (b"one\xff.eml", b"one\xfe.eml", b"per%FFcent.eml"):
        Path(os.fsdecode(directory + b"/" + name)).write_bytes(mail("x"))
    found = read(open_source(tmp_path))
    assert set(found.folders) == {"caf%E9%0A"}
    assert len(found.ids) == 3
    assert all(native_id.isascii() for native_id in found.ids)
