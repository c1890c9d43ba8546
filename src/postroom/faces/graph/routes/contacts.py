"""Contacts, their folders and pictures. They are reached in the default folder and in others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from postroom.faces.graph.route import DELTA, ENTITY, LIST, Route

READ: Final = ("Contacts.Read", "Contacts.ReadWrite", "Contacts.Read.Shared", "Contacts.ReadWrite.Shared")
READ_APP: Final = ("Contacts.Read", "Contacts.ReadWrite")
WRITE: Final = ("Contacts.ReadWrite", "Contacts.ReadWrite.Shared")
WRITE_APP: Final = ("Contacts.ReadWrite",)
FOLDER: Final = "{U}/contactFolders/{folder}"
CHILD: Final = f"{FOLDER}/childFolders/{{child}}"
PLACES: Final = {"contacts": "{U}", "folder_contacts": FOLDER, "child_contacts": CHILD}
"""What stands before `/contacts`, by the name that such routes have."""
FOLDERS: Final = {"folders": FOLDER, "children": CHILD}


def _route(key: str, method: str, path: str, returns: str = "", status: int = 200, **more: Any) -> Route:
    source = "Microsoft Graph v1.0, contacts"
    return Route(f"contacts.{key}", method, path, returns, status, source=source, **more)


def _read(key: str, path: str, returns: str, doc: str, **more: Any) -> Route:
    more.setdefault("options", LIST if returns.startswith("[") else ENTITY)
    return _route(key, "GET", path, returns, delegated=READ, application=READ_APP, doc=doc, **more)


def _write(key: str, method: str, path: str, doc: str, returns: str = "", status: int = 204, **more: Any) -> Route:
    return _route(key, method, path, returns, status, delegated=WRITE, application=WRITE_APP, doc=doc, **more)


def _contacts(group: str, place: str) -> Iterator[Route]:
    """All that there is to do with contacts, on one path."""
    many, one, o365 = f"{place}/contacts", f"{place}/contacts/{{contact}}", group != "child_contacts"
    yield _read(f"{group}.list", many, "[contact]", "Contacts of a folder, by name.", o365=o365)
    yield _write(f"{group}.create", "POST", many, "A contact.", "contact", 201, takes="json", o365=o365)
    yield _read(f"{group}.delta", f"{many}/delta", "[contact]", "Changed contacts.", options=DELTA)
    yield _read(f"{group}.get", one, "contact", "One contact.", o365=o365)
    yield _write(f"{group}.change", "PATCH", one, "Change a contact, or put it into another folder.", "contact", 200,
                 takes="json", o365=o365)  # fmt: skip
    yield _write(f"{group}.delete", "DELETE", one, "Delete a contact for good.", o365=o365)
    yield _write(f"{group}.delete_permanently", "POST", f"{one}/permanentDelete", "Delete a contact for good.")
    yield from _pictures(group, one)
    yield from _extensions(group, one)


def _pictures(group: str, one: str) -> Iterator[Route]:
    sized = f"{one}/photos/{{size}}"
    mine = group == "contacts"
    yield _read(f"{group}.photo", f"{one}/photo", "profilePhoto", "Type and size of a contact's picture.")
    yield _read(f"{group}.photo_sized", sized, "profilePhoto", "The same; there is one, whatever size is asked for.")
    yield _read(f"{group}.photo_content", f"{one}/photo/$value", "raw", "A contact's picture.", o365=mine)
    yield _read(f"{group}.photo_sized_content", f"{sized}/$value", "raw",
                "A contact's picture; there is one, whatever size is asked for.", o365=mine)  # fmt: skip
    for method, name in (("PUT", "put_photo"), ("PATCH", "patch_photo")):
        yield _write(f"{group}.{name}", method, f"{one}/photo/$value", "Keep a picture of a contact.", "", 200,
                     takes="bytes", o365=mine and method == "PATCH")  # fmt: skip
    yield _write(f"{group}.remove_photo", "DELETE", f"{one}/photo", "Keep no picture any more.")
    yield _write(f"{group}.remove_photo_content", "DELETE", f"{one}/photo/$value", "Keep no picture any more.")


def _extensions(group: str, one: str) -> Iterator[Route]:
    many, each = f"{one}/extensions", f"{one}/extensions/{{extension}}"
    yield _read(f"{group}.extensions", many, "[extension]", "Open extensions.")
    yield _write(f"{group}.extend", "POST", many, "Keep an extension with a contact.", "extension", 201, takes="json")
    yield _read(f"{group}.extension", each, "extension", "One extension.")
    yield _write(f"{group}.change_extension", "PATCH", each, "Change an extension.", "extension", 200, takes="json")
    yield _write(f"{group}.delete_extension", "DELETE", each, "Remove an extension.")


def _folder(group: str, one: str) -> Iterator[Route]:
    """All that there is to do with one folder, on one path."""
    o365 = group == "folders"
    yield _read(f"{group}.get", one, "contactFolder", "One folder.", o365=o365)
    yield _write(f"{group}.change", "PATCH", one, "Rename a folder, or put it into another one.", "contactFolder", 200,
                 takes="json", o365=o365)  # fmt: skip
    yield _write(f"{group}.delete", "DELETE", one, "Delete a folder and all that is in it for good.", o365=o365)
    yield _write(f"{group}.delete_permanently", "POST", f"{one}/permanentDelete", "The same.")
    below = f"{one}/childFolders"
    yield _read(f"{group}.list_below", below, "[contactFolder]", "Folders in a folder.", o365=o365)
    yield _read(f"{group}.delta_below", f"{below}/delta", "[contactFolder]", "Changed folders.", options=DELTA)
    yield _write(f"{group}.create_below", "POST", below, "A folder in a folder.", "contactFolder", 201, takes="json",
                 o365=o365)  # fmt: skip


ROUTES: Final = (
    *(route for group, place in PLACES.items() for route in _contacts(group, place)),
    _read("folders.list", "{U}/contactFolders", "[contactFolder]", "Folders in the default one.", o365=True),
    _read("folders.delta", "{U}/contactFolders/delta", "[contactFolder]", "Changed folders.", options=DELTA),
    _write("folders.create", "POST", "{U}/contactFolders", "A folder.", "contactFolder", 201, takes="json", o365=True),
    *(route for group, one in FOLDERS.items() for route in _folder(group, one)),
)
