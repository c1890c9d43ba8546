"""What only calendars can meet; everything else they raise is in postroom/errors.py and workspace/errors.py."""

from __future__ import annotations

from postroom.errors import Denied, Invalid


class UnknownZone(Invalid):
    """Nobody knows a time zone of this name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__("timeZone", f"a time zone by its Windows or IANA name, which {name[:80]!r} is not")


class BadTimes(Invalid):
    """The beginning and the end of an event do not go together."""


class CrossesNeighbour(Invalid):
    """A changed occurrence would pass or reach the one before or after it."""

    def __init__(self) -> None:
        super().__init__("start", "a time between the occurrences before and after this one")


class NoWindow(Invalid):
    """A window needs a beginning and an end."""

    def __init__(self) -> None:
        super().__init__("startDateTime, endDateTime", "the beginning and the end of a window")


class WindowTooLarge(Invalid):
    """More than one answer should hold, or could be worked out in time."""


class NoSeries(Invalid):
    """Only the master of a series has instances."""

    def __init__(self) -> None:
        super().__init__("id", "that of the master of a series")


class NotRemovable(Denied):
    """A calendar that every mailbox has cannot be deleted."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} belongs to every mailbox and cannot be deleted.")
