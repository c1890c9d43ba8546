"""What only mail can meet; everything else it raises is in postroom/errors.py and workspace/errors.py."""

from __future__ import annotations

from postroom.errors import Denied, Invalid, WrongState


class Distinguished(WrongState):
    """A folder that every mailbox has cannot be deleted, renamed or moved."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The folder {name!r} belongs to every mailbox and cannot be changed so.")


class InvalidRecipients(Invalid):
    """Nobody to send to, or an address that is none."""

    def __init__(self, expected: str) -> None:
        super().__init__("toRecipients", expected)


class NotSentAs(Denied):
    """The sender is somebody else."""

    def __init__(self, address: str) -> None:
        super().__init__(f"This mailbox may not send as {address!r}: it is none of its addresses.")
