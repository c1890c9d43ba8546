"""What whoever changes a plan can meet besides."""

from __future__ import annotations

from postroom.errors import Invalid
from postroom.workspace.workloads.items.errors import Conflict


class MatchNeeded(Invalid):
    """A change without saying of what: in a plan several people change the same things."""

    def __init__(self) -> None:
        super().__init__("If-Match", "the ETag of the object to change, as it was read")


class Stale(Conflict):
    """Somebody was faster."""
