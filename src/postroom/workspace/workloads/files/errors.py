"""What drives can meet, beside postroom/errors.py, workspace/errors.py and items/errors.py."""

from __future__ import annotations

from postroom.errors import Denied, Invalid, WrongState


class InvalidName(Invalid):
    """No file can have this name."""

    def __init__(self, expected: str) -> None:
        super().__init__("name", expected)


class NoQuota(WrongState):
    """The drive is full."""

    def __init__(self, most_bytes: int) -> None:
        super().__init__(f"The drive holds {most_bytes:,} bytes at most. Make room and repeat.")


class Locked(WrongState):
    """Somebody else has checked the file out."""

    def __init__(self, who: str) -> None:
        super().__init__(f"{who} has checked the file out. Ask for it to be checked in.")


class NeedsPassword(Denied):
    """A link that has a password."""

    def __init__(self) -> None:
        super().__init__("The link needs its password. Open its URL, which asks for it.")


class NotConverted(WrongState):
    """There is no way from this file to that format."""

    def __init__(self, wanted: str) -> None:
        super().__init__(f"This file cannot be had as {wanted}.")


class Incomplete(WrongState):
    """An upload that is to be committed, and not all of it is there."""

    def __init__(self) -> None:
        super().__init__("The upload is not complete. Send what is missing first.")


class OutOfOrder(Invalid):
    """A range of an upload that is there already, or leaves a gap. `begin` is what is expected."""

    def __init__(self, begin: int) -> None:
        self.begin = begin
        super().__init__("Content-Range", f"a range that begins at {begin}")
