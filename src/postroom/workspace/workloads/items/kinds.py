"""Kinds of items that lie in items of several workloads."""

from __future__ import annotations

from typing import Final

from postroom.workspace.store.kinds import Kind

FILE: Final = "fileAttachment"
ITEM: Final = "itemAttachment"
REFERENCE: Final = "referenceAttachment"
ATTACHMENTS: Final = (FILE, ITEM, REFERENCE)
EXTENSION: Final = "openTypeExtension"

CONTENT: Final = "content"
"""The role of the bytes of an attachment that are not cut out of those of its message."""

KINDS: Final = tuple(Kind(one) for one in (*ATTACHMENTS, EXTENSION))
