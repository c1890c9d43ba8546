"""Drives and what lies in them: fields, lists, changes, copies, versions, sharing."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.clients.o365.drive.conftest import ADA, TOLD, Item
from tests.clients.o365.mail.doubles import REFUSED, Answer, Recorder, page

from O365.address_book import Contact
from O365.drive import (
    CopyOperation,
    Drive,
    DriveItem,
    DriveItemPermission,
    File,
    Folder,
    Image,
    Photo,
    Storage,
)
from O365.utils import OneDriveWellKnowFolderNames

BERLIN = ZoneInfo("Europe/Berlin")
FOLDER = {"id": "F2", "name": "new", "folder": {"childCount": 0}, "parentReference": {"driveId": "D", "id": "F"}}


def test_a_file_has_what_the_service_told(item: Item, drive: Drive) -> None:
    file = item()
    assert type(file) is File
    assert (file.object_id, file.name, file.description, file.size) == ("I1", "roof.txt", "How it leaks", 5)
    assert file.created == dt.datetime(2026, 1, 1, 11, tzinfo=BERLIN)
    assert file.modified == dt.datetime(2026, 7, 1, 12, tzinfo=BERLIN)
    assert isinstance(file.created_by, Contact)
    assert (str(file.created_by), str(file.modified_by)) == ("Ada", "Ada")
    assert (file.parent_id, file.drive_id, file.parent_path) == ("P", "D", "/drives/D/root:/letters")
    assert (file.shared, file.mime_type, file.hashes, file.extension) == (
        "users",
        "text/plain",
        {"sha1Hash": "AB"},
        ".txt",
    )
    assert (file.drive, file.remote_item, file.thumbnails) == (drive, None, [])
    assert (repr(file), file.is_file, file.is_folder, file.is_image, file.is_photo) == (
        "File: roof.txt",
        True,
        False,
        False,
        False,
    )
    assert file == item(name="other")
    assert file != item(id="I2")


def test_an_item_of_which_little_is_known_has_empty_values(drive: Drive) -> None:
    bare = DriveItem(parent=drive, __cloud_data__={"id": "x"})
    assert (bare.name, bare.description, bare.size, bare.web_url, bare.created) == ("", "", 0, None, None)
    assert (bare.created_by, bare.parent_id, bare.shared, bare.drive_id) == (None, None, None, None)


def test_kinds_follow_from_facets(item: Item) -> None:
    picture = item(image={"width": 3, "height": 4})
    assert (type(picture), picture.dimensions, picture.is_image, picture.is_photo) == (Image, "3x4", True, False)
    taken = {"takenDateTime": "2026-01-01T10:00:00Z", "cameraMake": "Leica", "cameraModel": "M3", "fNumber": 2.8}
    photo = item(image={"width": 3}, photo={**taken, "iso": 100, "focalLength": 50.0, "exposureNumerator": 1.0})
    assert (type(photo), photo.is_photo, photo.is_image, photo.is_file) == (Photo, True, True, True)
    assert (photo.camera_make, photo.camera_model, photo.fnumber, photo.iso) == ("Leica", "M3", 2.8, 100)
    assert photo.taken_datetime == dt.datetime(2026, 1, 1, 11, tzinfo=BERLIN)
    assert (photo.focal_length, photo.exposure_numerator, photo.exposure_denominator) == (50.0, 1.0, None)
    assert type(item(image={"width": 3}, photo={})) is Image
    folder = item(file=None, folder={"childCount": 2}, specialFolder={"name": "documents"})
    assert (type(folder), folder.child_count, folder.special_folder) == (Folder, 2, "documents")


def test_drives_are_found_or_taken_for_granted(storage: Storage, con: Recorder) -> None:
    default = storage.get_default_drive()
    assert (repr(default), con.calls) == ("Drive: Default Drive", [])
    told = {"id": "D", "name": "Files", "owner": ADA, "quota": {"total": 1}, "driveType": "business"}
    con.will(Answer(told), page(told), Answer(told))
    drive = storage.get_default_drive(request_drive=True)
    assert drive is not None
    assert (repr(drive), drive.quota, drive.drive_type) == ("Drive: Files (Owned by: Ada)", {"total": 1}, "business")
    assert storage.get_drives() == [drive]
    assert storage.get_drive("D") == drive
    assert con.asked == [("get", "/me/drive"), ("get", "/me/drives"), ("get", "/me/drives/D")]
    con.will(Answer({**told, "name": "Renamed"}))
    assert drive.refresh()
    assert (drive.name, con.last.path) == ("Renamed", "/me/drives/D")
    con.will(page(TOLD))
    (file,) = drive.get_items()
    assert file.delete()
    assert con.last.path == "/me/drives/D/items/I1"


def test_conditions_of_one_list_do_not_reach_the_next(drive: Drive, con: Recorder) -> None:
    con.will(page(TOLD), page(), page(), page())
    first = drive.get_items(limit=5, query="size gt 3", order_by="name desc")
    assert [one.name for one in first] == ["roof.txt"]
    drive.get_recent()
    drive.get_child_folders(query="size gt 3")
    drive.get_shared_with_me(2, allow_external=True)
    assert [(call.path, call.params) for call in con.calls] == [
        ("/me/drive/root/children", {"$top": 5, "$orderby": "name desc", "$filter": "size gt 3"}),
        ("/me/drive/recent", {"$top": 999}),
        ("/me/drive/root/children", {"$top": 999, "$filter": "(size gt 3) and folder ne null"}),
        ("/me/drive/sharedWithMe", {"allowexternal": "true", "$top": 2}),
    ]


def test_a_search_is_escaped_and_says_that_it_cannot_be_filtered(drive: Drive, folder: Folder, con: Recorder) -> None:
    con.will(page(TOLD), page())
    with pytest.warns(UserWarning, match="cannot be filtered"):
        found = drive.search("o'neil & son/x", 3, query="size gt 3")
    assert found[0].name == "roof.txt"
    assert con.last.path == "/me/drive/search(q='o''neil%20&%20son%2Fx')"
    assert con.last.params == {"$top": 3}
    assert not folder.search("roof", query=folder.q().select("name"))
    assert (con.last.path, con.last.params["$select"]) == ("/me/drive/items/F/search(q='roof')", "name")
    with pytest.raises(ValueError, match="search_text"):
        drive.search("")


def test_items_are_found_by_id_path_and_name(drive: Drive, con: Recorder) -> None:
    con.will(*[Answer(TOLD)] * 3, *[Answer(FOLDER)] * 4)
    assert drive.get_item("I1") == drive.get_item_by_path("a b/ü#1.txt") == drive.get_item_by_path("/c.txt")
    assert drive.get_root_folder() == drive.get_item_by_path("/")
    assert isinstance(drive.get_special_folder("Documents"), Folder)
    assert drive.get_special_folder(OneDriveWellKnowFolderNames.CAMERA_ROLL)
    assert [path for _, path in con.asked] == [
        "/me/drive/items/I1",
        "/me/drive/root:/a%20b/%C3%BC%231.txt",
        "/me/drive/root:/c.txt",
        "/me/drive/root",
        "/me/drive/root",
        "/me/drive/special/documents",
        "/me/drive/special/cameraroll",
    ]
    con.will(REFUSED)
    assert drive.get_item("gone") is None


def test_what_is_shared_from_another_drive_is_asked_for_there(item: Item, con: Recorder) -> None:
    theirs = {**TOLD, "id": "R", "parentReference": {"driveId": "D2", "id": "P2"}}
    shared = item(id="R", parentReference=None, remoteItem=theirs)
    assert (shared.drive_id, shared.parent_id, shared.drive) == ("D2", "P2", None)
    assert repr(shared.remote_item) == "File: roof.txt"
    con.will(page(), Answer({}, 204), page())
    shared.get_versions()
    assert shared.delete()
    shortcut = item(id="S", file=None, remoteItem={**theirs, "folder": {}})
    assert isinstance(shortcut, Folder)
    shortcut.get_items()
    assert shortcut.delete()  # and not what it leads to
    assert [path for _, path in con.asked] == [
        "/drives/D2/items/R/versions",
        "/drives/D2/items/R",
        "/drives/D2/items/R/children",
        "/drives/D/items/S",
    ]


def test_an_item_is_changed_moved_and_deleted(item: Item, folder: Folder, drive: Drive, con: Recorder) -> None:
    file = item()
    con.will(Answer({**TOLD, "name": "b.txt"}))
    assert file.update(name="b.txt", size=3)
    assert (file.name, con.last.data) == ("b.txt", {"name": "b.txt"})
    assert not file.update()
    con.will(Answer({**TOLD, "parentReference": {"driveId": "D", "id": "F"}}))
    assert file.move(folder)
    assert (file.parent_id, con.last.data) == ("F", {"parentReference": {"id": "F"}})
    con.will(Answer({"id": "ROOT", "folder": {}}), Answer(TOLD))
    assert file.move(drive)
    assert con.last.data == {"parentReference": {"id": "ROOT"}}
    for wrong, reason in (("root", "can't be 'root'"), (None, "Folder or Drive")):
        with pytest.raises(ValueError, match=reason):
            file.move(wrong)
    con.will(Answer(status_code=204))
    assert file.delete()
    assert file.object_id is None
    assert not file.delete()


def test_parents_and_drives_of_items(item: Item, con: Recorder) -> None:
    file = item()
    con.will(Answer({**FOLDER, "id": "P"}), Answer({"id": "D", "name": "Files"}))
    assert file.get_parent() == file.get_parent()
    found = file.get_drive()
    assert found is not None
    assert con.asked == [("get", "/me/drive/items/P"), ("get", "/me/drive")]
    con.will(page(TOLD), Answer(FOLDER), page())
    folder = item(id="F", file=None, folder={})
    assert folder.search("roof")[0].get_parent().object_id == "F2"  # it may lie deeper
    assert con.last.path == "/me/drive/items/P"
    found.get_items()
    assert con.last.path == "/me/drives/D/root/children"


def test_a_copy_is_followed_until_it_is_done(item: Item, folder: Folder, con: Recorder) -> None:
    file = item()
    con.will(Answer({}, 202, headers={"Location": "https://monitor/1"}))
    operation = file.copy(folder, name="copy")
    assert con.last.data == {"parentReference": {"id": "F"}, "name": "copy.txt"}
    assert isinstance(operation, CopyOperation)
    assert operation.get_item() is None
    con.will(
        Answer({"status": "inProgress", "percentageComplete": 77.3}, 202),
        Answer({"status": "completed", "percentageComplete": 100.0, "resourceId": "I2"}),
        Answer({**TOLD, "id": "I2"}),
    )
    assert list(operation.check_status()) == [("inProgress", 77.3), ("completed", 100.0)]
    copied = operation.get_item()
    assert copied is not None
    assert (copied.object_id, con.last.path) == ("I2", "/me/drive/items/I2")
    assert [call.method for call in con.calls[1:3]] == ["naive get", "naive get"]


def test_a_copy_that_fails_ends_and_says_why(item: Item, con: Recorder) -> None:
    con.will(
        Answer({}, 202, headers={"Location": "https://monitor/1"}),
        Answer({"status": "failed", "error": {"code": "nameAlreadyExists", "message": "The name is taken."}}),
    )
    operation = item().copy(name="b.md")
    assert [status for status, _ in operation.check_status()] == ["failed"]
    assert (operation.error, operation.get_item()) == ("The name is taken.", None)
    assert list(operation.check_status()) == []


def test_a_monitor_may_lead_to_the_item(item: Item, drive: Drive, con: Recorder) -> None:
    con.will(
        Answer({"id": "ROOT", "folder": {}, "parentReference": {"driveId": "D"}}),
        Answer({}, 202, headers={"Location": "https://monitor/1"}),
        Answer(status_code=303, headers={"Location": "https://graph/v1.0/drives/D/items/I2"}),
        Answer({**TOLD, "id": "I2"}),
    )
    operation = item().copy(drive)
    assert con.last.data == {"parentReference": {"id": "ROOT", "driveId": "D"}}
    assert list(operation.check_status()) == [("completed", 100.0)]
    assert operation.get_item().object_id == "I2"
    with pytest.raises(ValueError, match="target or a name"):
        item().copy()


def test_versions_are_listed_and_restored(item: Item, con: Recorder) -> None:
    told = {"id": "2.0", "size": 4, "lastModifiedBy": ADA, "lastModifiedDateTime": "2026-01-01T10:00:00Z"}
    con.will(page(told, {"id": "1.0"}), Answer(told), Answer(status_code=204))
    newest, oldest = item().get_versions()
    assert repr(newest) == "Version Id: 2.0 | Modified on: 2026-01-01 11:00:00+01:00 | by: Ada"
    assert (newest.name, newest.size, oldest.object_id) == ("2.0", 4, "1.0")
    assert item().get_version("2.0").restore()
    assert con.asked[1:] == [
        ("get", "/me/drive/items/I1/versions/2.0"),
        ("post", "/me/drive/items/I1/versions/2.0/restoreVersion"),
    ]


def test_a_link_is_made(item: Item, con: Recorder) -> None:
    link = {"type": "edit", "scope": "organization", "webUrl": "https://files.example.com/l"}
    con.will(Answer({"id": "p1", "roles": ["write"], "link": link}, 201))
    until = dt.datetime(2027, 1, 1, 12, tzinfo=BERLIN)
    permission = item().share_with_link("edit", "organization", "secret", until)
    assert (permission.object_id, permission.share_link, permission.share_scope) == (
        "p1",
        link["webUrl"],
        link["scope"],
    )
    assert (permission.permission_type, repr(permission)) == ("link", "Permission for roof.txt of type: link")
    assert con.last.data == {
        "type": "edit",
        "scope": "organization",
        "password": "secret",
        "expirationDateTime": "2027-01-01T11:00:00Z",
    }


def test_who_is_invited_gets_a_permission_that_can_be_changed(item: Item, con: Recorder) -> None:
    invited = {"email": "bob@example.com", "signInRequired": True, "invitedBy": ADA}
    granted = {"id": "p2", "roles": ["read"], "grantedTo": {"user": {"displayName": "Bob"}}, "invitation": invited}
    con.will(page(granted))
    eva = Contact(con=con, protocol=item().protocol)
    eva.emails.add("eva@example.com")
    permission = item().share_with_invite(["bob@example.com", eva], message="Look")
    assert con.last.data == {
        "recipients": [{"email": "bob@example.com"}, {"email": "eva@example.com"}],
        "requireSignIn": True,
        "sendInvitation": True,
        "roles": ["read"],
        "message": "Look",
    }
    assert (permission.object_id, permission.granted_to, permission.invited_by) == ("p2", "Bob", "Ada")
    assert (permission.permission_type, permission.share_email, permission.require_sign_in) == (
        "invitation",
        "bob@example.com",
        True,
    )
    con.will(Answer({**granted, "roles": ["write"]}), Answer(status_code=204))
    assert permission.update_roles("edit")
    assert (permission.roles, con.last.data) == (["write"], {"roles": ["write"]})
    assert permission.delete()
    assert con.last.path == "/me/drive/items/I1/permissions/p2"
    for wrong in (3, "", [None]):
        with pytest.raises(ValueError, match="strings or Contacts"):
            item().share_with_invite(wrong)
    permission.object_id = "p2"
    with pytest.raises(ValueError, match="'view' or 'edit'"):
        permission.update_roles("rule")


def test_permissions_are_listed_with_those_of_further_pages(item: Item, con: Recorder) -> None:
    told: dict[str, Any] = {"id": "p3", "roles": ["owner"], "grantedTo": ADA, "inheritedFrom": {"id": "q"}}
    con.will(page(told, link="https://graph.microsoft.com/v1.0/next"), page({"id": "p4"}))
    first, second = item().get_permissions()
    assert isinstance(first, DriveItemPermission)
    assert (first.permission_type, first.inherited_from, second.roles) == ("owner", {"id": "q"}, [])
    con.will(REFUSED)
    assert item().get_permissions() is None


def test_folders_are_made_and_thumbnails_told(folder: Folder, item: Item, con: Recorder) -> None:
    con.will(Answer(FOLDER, 201), page({"id": "0", "small": {"url": "https://x"}}))
    made = folder.create_child_folder("new", "of 2026")
    assert made is not None
    assert (made.name, made.parent_id) == ("new", "F")
    assert con.last.data == {"name": "new", "folder": {}, "description": "of 2026"}
    assert item().get_thumbnails("small")["value"][0]["id"] == "0"
    assert con.last.params == {"$select": "small"}
