"""How much lies where, kept with every change so that nobody has to count."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from postroom.workspace.store.reading import Where
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.files.errors import NoQuota
from postroom.workspace.workloads.files.kinds import ITEM

_UP: Final = """UPDATE drive_size SET bytes = bytes + ? WHERE item IN (
  WITH RECURSIVE up (number) AS (
    SELECT ? UNION ALL SELECT item.parent FROM item JOIN up USING (number) WHERE item.parent IS NOT NULL)
  SELECT number FROM up)"""
_COUNTS: Final = """SELECT parent, count(*) FROM item
  WHERE parent IN (SELECT value FROM json_each(?)) AND kind = ? GROUP BY parent"""
_SIZES: Final = "SELECT item, bytes FROM drive_size WHERE item IN (SELECT value FROM json_each(?))"


def begin(unit: Unit, item: Where) -> None:
    """Count what lies in this from now on."""
    unit.connection.execute("INSERT INTO drive_size VALUES (?, 0)", (item.number,))


def add(unit: Unit, item: Where | None, size: int) -> None:
    """So many bytes more, or less, in an item and in all that it lies in."""
    if item is not None and size:
        unit.connection.execute(_UP, (size, item.number))


def add_only(unit: Unit, item: Where, size: int) -> None:
    """The same, but not for what it lies in."""
    unit.connection.execute("UPDATE drive_size SET bytes = bytes + ? WHERE item = ?", (size, item.number))


def of(unit: Unit, items: Iterable[Where]) -> dict[int, int]:
    """Bytes by the numbers of folders."""
    return dict(unit.connection.execute(_SIZES, (numbers(items),)).fetchall())


def counts(unit: Unit, items: Iterable[Where]) -> dict[int, int]:
    """How many files and folders lie in folders, by their numbers; empty ones are left out."""
    return dict(unit.connection.execute(_COUNTS, (numbers(items), ITEM)).fetchall())


def check_room(unit: Unit, drive: Where, more: int, most_bytes: int) -> None:
    """Raises NoQuota when a drive cannot hold so many bytes more."""
    if more > 0 and of(unit, [drive])[drive.number] + more > most_bytes:
        raise NoQuota(most_bytes)


def numbers(items: Iterable[Where]) -> str:
    """As `json_each` takes them."""
    return json.dumps([item.number for item in items])
