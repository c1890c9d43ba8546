"""The kinds of items that contacts consist of, and which of their properties are columns."""

from __future__ import annotations

from typing import Final

from postroom.workspace.store.kinds import Column, Kind

CONTACT: Final = "contact"
FOLDER: Final = "contactFolder"

_NAME: Final = Column("name", "displayName", "text")
KINDS: Final = (
    Kind(
        CONTACT,
        "contact",
        (
            _NAME,
            Column("file_as", "fileAs", "text"),
            Column("given_name", "givenName", "text"),
            Column("surname", "surname", "text"),
            Column("company", "companyName", "text"),
        ),
        text=True,
    ),
    Kind(FOLDER, "contact_folder", (_NAME,)),
)
