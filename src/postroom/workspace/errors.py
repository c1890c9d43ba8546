"""What only the workspace engine can meet; everything else it raises is in postroom/errors.py.

Each class narrows one of the common classes, so that a face without a row for it tells it as its parent.
"""

from __future__ import annotations

from postroom.errors import Invalid, WrongState


class TooOld(WrongState):
    """What a token stands for was forgotten: the changes after it are no longer all in the log. Start anew."""

    def __init__(self) -> None:
        super().__init__("The changes since then are no longer kept. Read everything again without a token.")


class UnknownProperty(Invalid):
    """The type has no property of this name."""

    def __init__(self, name: str, type_name: str) -> None:
        self.name, self.type_name = name, type_name
        super().__init__(name, f"a property of {type_name}")


class TooLarge(Invalid):
    """More bytes than may be: `most_bytes`."""

    def __init__(self, field: str, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        super().__init__(field, f"at most {most_bytes:,} bytes")


class PasswordRefused(Invalid):
    """The password is none that may be chosen."""

    def __init__(self, expected: str) -> None:
        super().__init__("password", expected)
