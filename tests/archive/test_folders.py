"""Folders over several stores: one tree, moved and emptied everywhere or nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.archive.instances import settings

from postroom.archive.archive import Archive
from postroom.archive.folders import Folder
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.storage.writer import Incoming
from postroom.errors import AlreadyExists, Invalid, NotFound, WrongState


def add(archive: Archive, *places: str) -> None:
    items = []
    for place in places:
        name, _, folder = place.partition("/")
        items.append(Incoming(name, folder, "test:", place, f"Subject: {place}\n\n{place}\n".encode()))
    archive.stores.add(items, {})


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Two stores: both have anna/Inbox, each something of its own."""
    with Archive(tmp_path / "archive", settings()) as archive:
        add(archive, "anna/Inbox", "anna/Inbox/Old", "bob")
        archive.stores.create("second", None, "current", SYSTEM)
        archive.stores.add(
            [Incoming("anna", folder, "test:", f"2{folder}", folder.encode()) for folder in ("Inbox", "Sent")], {}
        )
        yield archive


def paths(folders: list[Folder]) -> list[str]:
    return [path for folder in folders for path in (folder.path, *paths(list(folder.children.values())))]


def test_the_tree_is_that_of_all_open_stores(archive: Archive) -> None:
    assert paths(archive.folders.tree()) == ["anna", "anna/Inbox", "anna/Inbox/Old", "anna/Sent", "bob"]
    assert paths(archive.folders.tree("anna", 1)) == ["anna/Inbox", "anna/Sent"]
    assert archive.folders.archives() == ["anna", "bob"]
    archive.stores.set_state(1, "disabled", SYSTEM)
    assert paths(archive.folders.tree()) == ["anna", "anna/Inbox", "anna/Sent"]


@pytest.mark.parametrize("below", ["nobody", "anna/Nothing", "anna/", "/anna"])
def test_a_folder_that_is_not_there_has_no_tree(archive: Archive, below: str) -> None:
    with pytest.raises(NotFound):
        archive.folders.tree(below)


def test_a_folder_moves_in_every_store_that_has_it(archive: Archive) -> None:
    archive.folders.move("anna/Inbox", "anna/Letters/2026", SYSTEM)
    assert paths(archive.folders.tree("anna")) == [
        "anna/Letters", "anna/Letters/2026", "anna/Letters/2026/Old", "anna/Sent",
    ]  # fmt: skip
    assert len(archive.messages.in_folder("anna/Letters/2026")) == 2


def test_renaming_an_archive_takes_its_messages_along(archive: Archive) -> None:
    archive.folders.move("anna", "anne", SYSTEM)
    assert [(row.archive, row.messages) for row in archive.stores.totals()] == [("anne", 4), ("bob", 1)]
    assert {row.archive for row in archive.messages.in_folder("anne/Inbox")} == {"anne"}


def test_a_move_is_refused_as_a_whole(archive: Archive) -> None:
    before = paths(archive.folders.tree())
    with pytest.raises(AlreadyExists):
        archive.folders.move("anna/Inbox", "anna/Sent", SYSTEM)
    with pytest.raises(NotFound):
        archive.folders.move("anna/Nothing", "anna/Else", SYSTEM)
    with pytest.raises(Invalid, match="not the moved one or below"):
        archive.folders.move("anna/Inbox", "anna/Inbox/Old/Deeper", SYSTEM)
    archive.stores.set_state(1, "writeProtected", SYSTEM)
    with pytest.raises(WrongState, match="write-protected store"):
        archive.folders.move("anna/Inbox", "anna/Letters", SYSTEM)
    assert paths(archive.folders.tree()) == before


def test_empty_folders_go_and_their_absence_is_logged(archive: Archive) -> None:
    archive.folders.move("anna/Inbox/Old", "bob/Old", SYSTEM)
    archive.folders.move("bob/Old", "anna/Deep/er/Old", SYSTEM)
    archive.folders.move("anna/Deep/er/Old", "anna/Old", SYSTEM)
    assert archive.folders.delete_empty("bob", SYSTEM) == []
    assert archive.folders.delete_empty(None, SYSTEM) == ["anna/Deep", "anna/Deep/er"]
    assert paths(archive.folders.tree()) == ["anna", "anna/Inbox", "anna/Old", "anna/Sent", "bob"]
    logged = archive.instance.audit.entries(limit=1)[0]
    assert (logged.event, logged.details["folders"]) == ("FolderDelete", ["anna/Deep", "anna/Deep/er"])
    with pytest.raises(NotFound):
        archive.folders.delete_empty("nowhere", SYSTEM)
