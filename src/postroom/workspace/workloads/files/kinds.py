"""The kinds of items that drives consist of.

A drive lies in nothing; in it lie its root, its recycle bin and the stage of copies. Versions, permissions and blobs
hang on the file that they are of.
"""

from __future__ import annotations

from typing import Final

from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store.kinds import Column, Kind

DRIVE: Final = "drive"
ITEM: Final = "driveItem"
BIN: Final = "driveBin"
STAGE: Final = "driveStage"
VERSION: Final = "driveItemVersion"
PERMISSION: Final = "permission"

CONTENT: Final = "content"
"""The role of the bytes of a file, and of a version."""

DRIVE_TYPE: Final = SCHEMA.entity(DRIVE)
ITEM_TYPE: Final = SCHEMA.entity(ITEM)
PERMISSION_TYPE: Final = SCHEMA.entity(PERMISSION)

KINDS: Final = (
    Kind(DRIVE),
    Kind(BIN),
    Kind(STAGE),
    Kind(VERSION),
    Kind(
        ITEM,
        "drive_item",
        (Column("name", "name", "text"), Column("key", "_key", "text"), Column("size", "size", "number")),
        text=True,
    ),
    Kind(
        PERMISSION,
        "drive_permission",
        (
            Column("token", "_token", "text"),
            Column("grantee", "_grantee", "text"),
            Column("address", "_address", "text"),
        ),
    ),
)
