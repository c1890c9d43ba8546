"""What only a workbook can meet. The classes have the names that Excel's own codes have.

They travel between processes by name and sentence, so that each is made from its sentence alone.
"""

from __future__ import annotations

from typing import Final

from postroom.errors import WrongState


class WorkbookError(WrongState):
    """Base of what a workbook refuses."""


class InvalidArgument(WorkbookError):
    """A value cannot be used."""


class InvalidReference(WorkbookError):
    """An address is none, or leads out of the sheet."""


class ItemNotFound(WorkbookError):
    """There is no such sheet, table, column, row or name."""


class ItemAlreadyExists(WorkbookError):
    """The name is taken, or tables would overlap."""


class InvalidOperation(WorkbookError):
    """The workbook is in a state that does not allow this."""


class InsertDeleteConflict(WorkbookError):
    """Cells cannot move: they would tear a table, a merged cell or an array formula apart."""


class UnsupportedOperation(WorkbookError):
    """This is not offered."""


class UnsupportedWorkbook(WorkbookError):
    """The file is no workbook that can be read, or has what a change would lose."""


class InvalidSession(WorkbookError):
    """The session is over, or there never was one."""


class TooMuch(WorkbookError):
    """The range, the file or the time is beyond a limit."""


ALL: Final[dict[str, type[WorkbookError]]] = {
    one.__name__: one
    for one in (
        InvalidArgument, InvalidReference, ItemNotFound, ItemAlreadyExists, InvalidOperation, InsertDeleteConflict,
        UnsupportedOperation, UnsupportedWorkbook, InvalidSession, TooMuch,
    )
}  # fmt: skip
"""By the name under which they travel."""
