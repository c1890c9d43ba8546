"""How this face says each error: the message as it is, the name of the class as details, never a stack trace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from mailstore.contract import Function
from postroom.errors import (
    AlreadyExists,
    Cancelled,
    Damaged,
    Denied,
    Invalid,
    NoSpace,
    NotFound,
    PostroomError,
    Unavailable,
    WrongState,
)


class Wire(NamedTuple):
    """`status_code` in the envelope of a function (whose HTTP status is always 200); `http` on other URLs."""

    status_code: Literal["failed", "cancelled"]
    http: int


WIRE: Mapping[type[PostroomError], Wire] = {
    PostroomError: Wire("failed", 500),
    NotFound: Wire("failed", 404),
    AlreadyExists: Wire("failed", 409),
    Invalid: Wire("failed", 400),
    Denied: Wire("failed", 403),
    WrongState: Wire("failed", 409),
    Damaged: Wire("failed", 500),
    Unavailable: Wire("failed", 503),
    NoSpace: Wire("failed", 507),
    Cancelled: Wire("cancelled", 409),
}


class ArgumentError(PostroomError):
    """The arguments of a call cannot be used."""


class ArgumentMissing(ArgumentError):
    """A required argument was not sent. The wording is the original's; scripts look for it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Missing API argument {name}.")


class ArgumentUnknown(ArgumentError):
    """The function has no such argument."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Unknown API argument {name[:100]}.")


class ArgumentInvalid(ArgumentError):
    """An argument cannot be read as what it should be."""

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"Invalid API argument {name}: expected {expected}.")
        self.name, self.expected = name, expected


def as_sent(error: Invalid, function: Function) -> Invalid:
    """The error with the name the caller gave the value: engines say "user name" and "path" where the API says
    `userName` and `databasePath`."""
    if "." in error.field:
        return error  # a key within a JSON argument, named as the caller wrote it
    said = _letters(error.field)
    # What a user is called up to now is looked up, not checked.
    names = [param.name for param in function.params if not param.name.startswith("old")]
    same = [name for name in names if _letters(name) == said]
    alike = [name for name in names if _letters(name).endswith(said) or said.endswith(_letters(name))]
    return Invalid(next(iter(same + alike), error.field), error.expected)


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()


def wire(error: PostroomError) -> Wire:
    """The row of the error's class or of the nearest class above it."""
    return next(WIRE[cls] for cls in type(error).__mro__ if cls in WIRE)
