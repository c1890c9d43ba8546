"""Numbers: of items, counted in their list, and of people, counted in each site."""

from __future__ import annotations

from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit


def next_item(unit: Unit, above: Item) -> int:
    """The number of a new item of a list."""
    row = unit.connection.execute(
        "INSERT INTO list_number VALUES (?, 1) ON CONFLICT (list) DO UPDATE SET last = last + 1 RETURNING last",
        (above.number,),
    ).fetchone()
    return int(row["last"])


def of_person(unit: Unit, site: str, person: str) -> int:
    """The number of somebody in a site, given at the first time."""
    unit.connection.execute(
        "INSERT OR IGNORE INTO site_person SELECT ?, coalesce(max(number), 0) + 1, ? FROM site_person WHERE site = ?",
        (site, person, site),
    )
    found = known(unit, site, person)
    assert found is not None, "it was written just now"
    return found


def known(unit: Unit, site: str, person: str) -> int | None:
    """The number of somebody who has one."""
    row = unit.connection.execute(
        "SELECT number FROM site_person WHERE site = ? AND person = ?", (site, person)
    ).fetchone()
    return row and int(row["number"])


def person(unit: Unit, site: str, number: int) -> str | None:
    """Who has a number."""
    row = unit.connection.execute(
        "SELECT person FROM site_person WHERE site = ? AND number = ?", (site, number)
    ).fetchone()
    return row and str(row["person"])
