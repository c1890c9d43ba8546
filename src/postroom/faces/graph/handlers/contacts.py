"""Contacts, their folders and pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import Handler, implements
from postroom.faces.graph.handlers import paths
from postroom.faces.graph.handlers.calls import changes, wish
from postroom.faces.graph.result import Created, Document, Many, Nothing, One, Raw, Result
from postroom.workspace.workloads.contacts.contacts import Contacts
from postroom.workspace.workloads.contacts.kinds import CONTACT, FOLDER
from postroom.workspace.workloads.items.photos import Photo

ABOVE: Final = {"contacts": (), "folder_contacts": ("folder",), "child_contacts": ("folder", "child")}
"""Keys that stand before those of a contact, by the groups of routes."""


def contacts(call: Call) -> Contacts:
    return call.workspace.contacts


def on_contacts(name: str) -> Callable[[Handler], Handler]:
    return paths.on_paths("contacts", ABOVE, name)


def on_folder(name: str) -> Callable[[paths.InFolder], None]:
    return paths.on_folder("contacts", name)


@on_contacts("list")
def list_(call: Call, folder: str | None) -> Result:
    return Many(contacts(call).page(call.mailbox, folder, wish(call)))


@on_contacts("create")
def create(call: Call, folder: str | None) -> Result:
    return Created(contacts(call).create(call.mailbox, folder, call.document, wish(call)))


@on_contacts("delta")
def delta(call: Call, folder: str | None) -> Result:
    wanted = wish(call)
    rows, found = contacts(call).delta(call.mailbox, folder, wanted)
    return changes(rows, found, CONTACT, immutable=wanted.immutable)


@on_contacts("get")
def get(call: Call, folder: str | None, contact: str) -> Result:
    return One(contacts(call).get(call.mailbox, contact, wish(call), folder))


@on_contacts("change")
def change(call: Call, contact: str) -> Result:
    return One(contacts(call).update(call.mailbox, contact, call.document, wish(call)))


@on_contacts("delete")
def delete(call: Call, contact: str) -> Result:
    contacts(call).delete(call.mailbox, contact, call.if_match)
    return Nothing()


@on_contacts("delete_permanently")
def delete_permanently(call: Call, contact: str) -> Result:
    return delete(call, contact)


@on_contacts("photo")
def photo(call: Call, contact: str) -> Result:
    return One(contacts(call).pictures.get(call.mailbox, contact))


@on_contacts("photo_sized")
def photo_sized(call: Call, contact: str, size: str) -> Result:
    contacts(call).pictures.content(call.mailbox, contact, size)
    return One(contacts(call).pictures.get(call.mailbox, contact))


@on_contacts("photo_content")
def photo_content(call: Call, contact: str) -> Result:
    return _picture(contacts(call).pictures.content(call.mailbox, contact))


@on_contacts("photo_sized_content")
def photo_sized_content(call: Call, contact: str, size: str) -> Result:
    return _picture(contacts(call).pictures.content(call.mailbox, contact, size))


def _picture(found: Photo) -> Raw:
    return Raw(found.content, found.picture.media_type)


@on_contacts("put_photo")
@on_contacts("patch_photo")
def put_photo(call: Call, contact: str) -> Result:
    contacts(call).pictures.put(call.mailbox, contact, call.content)
    return Nothing(200)


@on_contacts("remove_photo")
@on_contacts("remove_photo_content")
def remove_photo(call: Call, contact: str) -> Result:
    contacts(call).pictures.remove(call.mailbox, contact)
    return Nothing()


@on_contacts("extensions")
def extensions(call: Call, contact: str) -> Result:
    return Many(contacts(call).extensions.page(call.mailbox, contact, wish(call)))


@on_contacts("extend")
def extend(call: Call, contact: str) -> Result:
    return Created(contacts(call).extensions.create(call.mailbox, contact, call.document))


@on_contacts("extension")
def extension(call: Call, contact: str, extension: str) -> Result:
    return One(contacts(call).extensions.get(call.mailbox, contact, extension))


@on_contacts("change_extension")
def change_extension(call: Call, contact: str, extension: str) -> Result:
    return One(contacts(call).extensions.update(call.mailbox, contact, extension, call.document))


@on_contacts("delete_extension")
def delete_extension(call: Call, contact: str, extension: str) -> Result:
    contacts(call).extensions.delete(call.mailbox, contact, extension)
    return Nothing()


@implements("contacts.folders.list")
def folders(call: Call) -> Result:
    return Many(contacts(call).folders.page(call.mailbox, None, wish(call)))


@implements("contacts.folders.delta")
def folders_delta(call: Call) -> Result:
    rows, found = contacts(call).folders.delta(call.mailbox, None, wish(call))
    return changes(rows, found, FOLDER, immutable=True)


@implements("contacts.folders.create")
def create_folder(call: Call) -> Result:
    return _created(call, contacts(call).folders.create(call.mailbox, None, call.document))


@on_folder("get")
def folder(call: Call, folder: str, above: str | None) -> Result:
    return One(contacts(call).folders.get(call.mailbox, folder, wish(call), above))


@on_folder("change")
def change_folder(call: Call, folder: str, above: str | None) -> Result:  # noqa: ARG001
    return One(contacts(call).folders.update(call.mailbox, folder, call.document, wish(call)))


@on_folder("delete")
def delete_folder(call: Call, folder: str, above: str | None) -> Result:  # noqa: ARG001
    contacts(call).folders.delete(call.mailbox, folder, call.if_match)
    return Nothing()


@on_folder("delete_permanently")
def delete_folder_permanently(call: Call, folder: str, above: str | None) -> Result:  # noqa: ARG001
    contacts(call).folders.delete(call.mailbox, folder, call.if_match)
    return Nothing()


@on_folder("list_below")
def folders_below(call: Call, folder: str, above: str | None) -> Result:  # noqa: ARG001
    return Many(contacts(call).folders.page(call.mailbox, folder, wish(call)))


@on_folder("delta_below")
def folders_below_delta(call: Call, folder: str, above: str | None) -> Result:  # noqa: ARG001
    rows, found = contacts(call).folders.delta(call.mailbox, folder, wish(call))
    return changes(rows, found, FOLDER, immutable=True)


@on_folder("create_below")
def create_folder_below(call: Call, folder: str, above: str | None) -> Result:  # noqa: ARG001
    return _created(call, contacts(call).folders.create(call.mailbox, folder, call.document))


def _created(call: Call, made: Document) -> Created:
    return Created(made, f"users/{call.mailbox}/contactFolders/{made['id']}")
