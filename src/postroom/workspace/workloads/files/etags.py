"""ETags of files, and whether an item is still what its caller has seen.

`eTag` changes with everything, `cTag` with the content only.
"""

from __future__ import annotations

from uuid import UUID

from postroom.workspace.store.rows import Item
from postroom.workspace.workloads.items.errors import Conflict


def etag_of(item: Item) -> str:
    return f'"{{{_guid(item)}}},{item.change}"'


def ctag_of(item: Item) -> str:
    """Of a file."""
    return f'"c:{{{_guid(item)}}},{item.document.get("_version", 1)}"'


def check(item: Item | None, if_match: str | None, if_none_match: str | None = None) -> None:
    """Raises Conflict. Without an item there is nothing that `if_match` could name."""
    if if_match is not None and (item is None or not _names(if_match, item)):
        raise Conflict
    if if_none_match is not None and item is not None and _names(if_none_match, item):
        raise Conflict


def _names(header: str, item: Item) -> bool:
    """Whether an item is among those of the header, by either tag. A tag has a comma in it."""
    if header.strip() == "*":
        return True
    return any(tag.strip('"') in header for tag in (etag_of(item), ctag_of(item)) if _whole(tag, header))


def _whole(tag: str, header: str) -> bool:
    """Not only its beginning: `,1` is in `,12`."""
    bare = tag.strip('"')
    begin = header.find(bare)
    return begin >= 0 and not header[begin + len(bare) : begin + len(bare) + 1].isdigit()


def _guid(item: Item) -> str:
    return str(UUID(bytes=item.key)).upper()
