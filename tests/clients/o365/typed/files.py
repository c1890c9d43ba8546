"""Drives, workbooks and batches, as a type checker sees them. Never run: `test_typed.py` has mypy read it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, assert_type

from O365 import Account
from O365.address_book import Contact
from O365.batch import Batch, BatchAnswer
from O365.drive import CopyOperation, Drive, DriveItem, DriveItemPermission, DriveItemVersion, File, Folder, Storage
from O365.excel import NamedRange, Range, Table, TableRow, WorkBook, WorkSheet
from O365.utils import Pagination


def drives(account: Account) -> Folder | None:
    storage = account.storage()
    assert_type(storage, Storage)
    assert_type(storage.get_default_drive(), Drive)
    assert_type(storage.get_default_drive(request_drive=True), Drive | None)
    assert_type(storage.get_drives(), list[Drive])
    return storage.get_default_drive().get_root_folder()


def listing(folder: Folder) -> list[str]:
    found = folder.get_items(limit=5, query=folder.q().select("name"))
    assert_type(found, list[DriveItem] | Pagination[DriveItem])
    assert_type(folder.get_child_folders(), list[Folder] | Pagination[Folder])
    for item in found:
        assert_type(item.name, str)
        assert_type(item.size, int)
        assert_type(item.modified, dt.datetime | None)
        assert_type(item.created_by, Contact | None)
        assert_type(item.object_id, str | None)
        assert_type(item.copy(folder), CopyOperation | None)
        assert_type(item.get_versions(), list[DriveItemVersion])
        assert_type(item.share_with_link(), DriveItemPermission | None)
        if isinstance(item, File):
            assert_type(item.mime_type, str | None)
            assert_type(item.download(Path("folder"), progress=lambda done, total: None), bool)
    return [item.name for item in found]


def uploading(folder: Folder) -> DriveItem | None:
    assert_type(folder.upload_file(None, "a", stream=b"x", session_file="a.upload"), DriveItem | None)
    return folder.upload_file(Path("a.txt"), conflict_handling="replace")


def cells(file: File) -> list[Any]:
    book = WorkBook(file, persist=False)
    sheet = book.get_worksheet("Roof")
    assert_type(sheet, WorkSheet | None)
    assert_type(book.get_named_ranges(), list[NamedRange])
    if sheet is None:
        return []
    found = sheet.get_range("A1:B2")
    assert_type(found, Range | None)
    assert_type(sheet.update_cells("A1:B2", [[1, "a"], [None, 2.5]]), bool)
    table = sheet.add_table("A1:B2", has_headers=True)
    assert_type(table, Table | None)
    rows = table.get_rows() if table is not None else []
    assert_type(rows, list[TableRow])
    return [row.values for row in rows]


def batches(account: Account) -> dict[str, BatchAnswer]:
    batch = account.batch()
    assert_type(batch, Batch)
    batch.get("me", "/me", {"$select": "id"})
    answers = batch.run()
    assert_type(answers["me"], BatchAnswer)
    assert_type(answers["me"].status, int)
    return answers.failed
