"""Sites, lists with columns, items with fields, the library of a site as a drive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

HOST = "example.sharepoint.com"
COLUMNS = [
    {"name": "Wheels", "displayName": "Number of wheels", "number": {}},
    {"name": "Colour", "choice": {"choices": ["red", "blue"]}},
]


def run(account: Any, given: dict[str, Any], folder: Path) -> dict[str, Any]:
    sharepoint = account.sharepoint()
    seen: dict[str, Any] = {}

    root = sharepoint.get_root_site()
    seen["root"] = (root.root, root.object_id == sharepoint.get_site(root.object_id).object_id)
    yard = sharepoint.get_site(HOST, "sites/yard")
    seen["yard"] = (yard.name, yard.display_name, yard.description, yard.root)
    seen["ids"] = sharepoint.get_site(*yard.object_id.split(",")) == yard
    seen["search"] = [site.name for site in sharepoint.search_site("carts")]
    seen["subsites"] = [site.display_name for site in yard.get_subsites()]
    seen["group"] = sharepoint.get_site(HOST, "sites/smiths").display_name

    carts = yard.create_list({"displayName": "All carts", "columns": COLUMNS, "list": {"template": "genericList"}})
    seen["columns"] = carts.column_name_cw
    seen["lists"] = [(one.display_name, "Title" in one.column_name_cw) for one in yard.get_lists()]
    again = yard.get_list_by_name("All carts")
    seen["list"] = (again == carts, again.column_name_cw == carts.column_name_cw, again.template)
    types = {column.internal_name: column.field_type for column in carts.get_list_columns()}
    seen["types"] = [types[name] for name in ("Title", "Wheels", "Colour", "Created", "Author")]

    for title, wheels in (("Red one", 4), ("Blue one", 2), ("Barrow", 1)):
        carts.create_list_item({"Title": title, "Wheels": wheels, "Colour": "blue" if wheels == 2 else "red"})
    found = carts.get_items(expand_fields=True)
    seen["items"] = [(item.object_id, item.fields["Title"], item.fields["Wheels"]) for item in found]
    seen["author"] = (found[0].created_by.display_name, found[0].content_type_id[:6])
    few = carts.get_items(expand_fields=["Title"], query="fields/Wheels gt 1", order_by="fields/Title")
    seen["few"] = [item.fields["Title"] for item in few]
    seen["pages"] = [item.object_id for item in carts.get_items(limit=3, batch=2)]

    item = carts.get_item_by_id(1, expand_fields=["Title", "Number of wheels"])
    seen["one"] = {name: value for name, value in item.fields.items() if "@" not in name and name != "id"}
    item.update_fields({"Title": "Red cart", "Wheels": 3})
    seen["saved"] = item.save_updates()
    seen["changed"] = carts.get_item_by_id(1, expand_fields=True).fields["Title"]
    seen["removed"] = (item.delete(), carts.delete_list_item(2), len(list(carts.get_items())))

    drive = yard.get_default_document_library(request_drive=True)
    seen["drive"] = (drive.name, drive.drive_type)
    seen["libraries"] = [one.name for one in yard.list_document_libraries()]
    (folder / "cart.txt").write_text("a cart", "utf-8")
    put = drive.get_root_folder().upload_file(folder / "cart.txt")
    seen["file"] = (put.name, put.size)
    same = yard.get_document_library(drive.object_id)
    seen["files"] = [one.name for one in same.get_items()]
    return seen


def expected(given: dict[str, Any]) -> dict[str, Any]:
    """What every O365 must have seen."""
    writable = {"Title": "Title", "Number of wheels": "Wheels", "Colour": "Colour"}
    return {
        "root": (True, True),
        "yard": ("yard", "The Yard", "Where carts stand", True),
        "ids": True,
        "search": ["yard"],
        "subsites": ["Plans"],
        "group": "Smiths",
        "columns": writable,
        "lists": [("Documents", True), ("All carts", True)],
        "list": (True, True, "genericList"),
        "types": ["text", "number", "choice", "dateTime", "personOrGroup"],
        "items": [("1", "Red one", 4), ("2", "Blue one", 2), ("3", "Barrow", 1)],
        "author": ("Anna", "0x0100"),
        "few": ["Blue one", "Red one"],
        "pages": ["1", "2", "3"],
        "one": {"Title": "Red one", "Wheels": 4},
        "saved": True,
        "changed": "Red cart",
        "removed": (True, True, 1),
        "drive": ("Documents", "documentLibrary"),
        "libraries": ["Documents"],
        "file": ("cart.txt", 6),
        "files": ["cart.txt"],
    }
