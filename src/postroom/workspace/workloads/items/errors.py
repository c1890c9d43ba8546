"""What whoever changes an item can meet, beside postroom/errors.py and workspace/errors.py."""

from __future__ import annotations

from postroom.errors import Invalid, WrongState


class Conflict(WrongState):
    """The thing was changed since the caller read it."""

    def __init__(self) -> None:
        super().__init__("It was changed meanwhile. Read it again and repeat the change on what you find.")


class RangeRefused(Invalid):
    """A range of an upload that is there already, or reaches into one that is. `missing` are those expected."""

    def __init__(self, missing: tuple[int, ...]) -> None:
        self.missing = missing
        starts = ", ".join(map(str, missing)) or "nothing"
        super().__init__("Content-Range", f"a range that is still missing, beginning at {starts}")
