"""Checking files out, so that nobody else changes them, and in again."""

from __future__ import annotations

from typing import Any

from postroom.errors import Denied, WrongState
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.files import opening, places
from postroom.workspace.workloads.files.core import At, Core, Look


class Locking:
    def __init__(self, core: Core) -> None:
        self._core = core

    def check_out(self, look: Look, at: At) -> None:
        """Once more does no harm. Raises Locked when somebody else has it."""
        places.prepare(self._core, look, at)
        with self._core.store.write() as unit:
            item = self._file(unit, look, at)
            opening.check_unlocked(item, look)
            unit.items.update(item, {**item.document, "_checkedOut": self._core.identity(look.doer)})

    def check_in(self, look: Look, at: At, comment: Any) -> None:
        """Raises WrongState for a file that is not checked out."""
        self._release(look, at, comment if isinstance(comment, str) and comment else None)

    def discard(self, look: Look, at: At) -> None:
        """Give it back. What was put meanwhile stays, as there are no drafts here."""
        self._release(look, at, None)

    def _release(self, look: Look, at: At, comment: str | None) -> None:
        places.prepare(self._core, look, at)
        with self._core.store.write() as unit:
            item = self._file(unit, look, at)
            if "_checkedOut" not in item.document:
                raise WrongState("The file is not checked out.")
            opening.check_unlocked(item, look)
            document = {name: value for name, value in item.document.items() if name != "_checkedOut"}
            unit.items.update(item, document | ({"_comment": comment} if comment else {}))

    def _file(self, unit: Unit, look: Look, at: At) -> Item:
        item = places.find(unit, self._core, look, at, "write")
        opening.check_file(item)
        if look.doer.user is None:
            raise Denied("An app without a user checks nothing out.")
        return item
