"""Rows of the field tables of drives: people, values that lie deeper, where an item is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from O365._attributes import Attribute, Json

if TYPE_CHECKING:
    from O365._drive_item import DriveItem
    from O365.address_book import Contact


def _read_person(component: Any, told: Json | None) -> Contact | None:
    """Who is meant by an identity set: a user, or the group or app that did it."""
    identity = next((one for kind in ("user", "group", "application") if (one := (told or {}).get(kind))), None)
    if identity is None:
        return None
    from O365.address_book import Contact

    return Contact(con=component.con, protocol=component.protocol, **{component._cloud_data_key: identity})


def person(key: str) -> Attribute[Contact | None]:
    """Somebody who did something."""
    return Attribute(key, _read_person)


def within(key: str, *path: str, missing: Any = None) -> Attribute[Any]:
    """A value that lies deeper: `within("photo", "iso")`."""

    def read(_: Any, told: Any) -> Any:
        for step in path:
            told = (told or {}).get(step)
        return missing if told is None else told

    return Attribute(key, read)


def of_reference(key: str) -> Attribute[str | None]:
    """Of where it lies; of what lies in another drive, where it lies there."""

    def read(item: DriveItem, told: Json | None) -> str | None:
        found = (told or {}).get(key)
        if found is not None or key == "path":
            return found
        remote: str | None = ((item._told("remoteItem") or {}).get("parentReference") or {}).get(key)
        return remote

    return Attribute("parentReference", read)


def read_remote(item: DriveItem, told: Json | None) -> DriveItem | None:
    return item._made(told) if told else None
