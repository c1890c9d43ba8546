"""Every error an engine can raise, split by what the caller can do about it.

Engines know no status codes: each face has one table from these classes to its own wire form, and a test
fails when a class is missing there. `str(error)` is one plain sentence that may be shown to a user; detail and
cause go to the log only.
"""

from __future__ import annotations


class PostroomError(Exception):
    """Base of all errors that an engine raises on purpose."""

    retryable = False
    """True when the same call may succeed later without anybody changing anything."""


class NotFound(PostroomError):
    """There is no such thing."""

    def __init__(self, kind: str, name: object) -> None:
        self.kind, self.name = kind, name
        super().__init__(f"There is no {kind} {name!r}.")


class AlreadyExists(PostroomError):
    """The name is taken."""

    def __init__(self, kind: str, name: object) -> None:
        self.kind, self.name = kind, name
        super().__init__(f"The {kind} {name!r} exists already.")


class Invalid(PostroomError):
    """A value given by the caller cannot be used; `field` names it, `expected` says what would do."""

    def __init__(self, field: str, expected: str) -> None:
        self.field, self.expected = field, expected
        super().__init__(f"{field}: expected {expected}.")


class Denied(PostroomError):
    """The caller may not do this; the message says which right is missing or which rule forbids it."""


class WrongState(PostroomError):
    """The thing exists but is in a state that does not allow this; the message says which state would."""


class Damaged(PostroomError):
    """Stored bytes are not what they must be; the message names file, record and message."""


class Unavailable(PostroomError):
    """Something needed does not answer just now: a lock is held, a disk is full, a limit is reached."""

    retryable = True


class NoSpace(Unavailable):
    """The disk is full. Nothing half-written remains; repeat after making room."""

    def __init__(self, where: object) -> None:
        super().__init__(f"No space is left on the disk that holds {where}. Make room and repeat.")


class Cancelled(PostroomError):
    """Somebody asked the running call to stop, and it did."""
