"""Copies that the service makes while the program does something else."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from O365._component import ApiComponent
from O365._doing import pause

if TYPE_CHECKING:
    from O365._drive_item import DriveItem

log = logging.getLogger(__name__)

LONGEST_PAUSE_S = 1.0


class CopyOperation(ApiComponent):
    """A copy that is on its way, or done."""

    _endpoints: ClassVar[dict[str, str]] = {"item": "/items/{id}"}

    def __init__(self, *, parent: Any = None, con: Any = None, target: Any = None, **kwargs: Any) -> None:
        self._adopt(parent, con, kwargs)
        self.parent = parent
        self.target = target or parent
        self.monitor_url: str | None = kwargs.get("monitor_url")
        self.item_id: str | None = kwargs.get("item_id")
        if self.monitor_url is None and self.item_id is None:
            raise ValueError("Must provide a valid monitor_url or item_id")
        self.status = "inProgress" if self.item_id is None else "completed"
        self.completion_percentage = 0.0 if self.item_id is None else 100.0
        self.error: str = ""
        """Why it failed, in the words of the service."""

    def __repr__(self) -> str:
        return f"Copy: {self.status} - {self.completion_percentage}"

    def check_status(self, delay: float = 0) -> Iterator[tuple[str, float]]:
        """Status and percentage, asked for in each turn, until it is `completed` or `failed`; see `error` then.

        `delay` are the seconds between; without them there are short pauses that grow to a second.
        """
        turn = 0
        while self.item_id is None and self.status != "failed":
            self._ask()
            yield self.status, self.completion_percentage
            if self.item_id is None and self.status != "failed":
                pause(self.con, delay or min(0.05 * turn, LONGEST_PAUSE_S))
                turn += 1

    def get_item(self) -> DriveItem | None:
        """The copy; None while there is none."""
        if self.item_id is None:
            return None
        from O365._drive_item import DriveItem
        from O365.drive import Drive

        if isinstance(self.target, DriveItem):
            response = self.con.get(self.target._endpoint("item", self.item_id))
            return self.target._made(response.json()) if response else None
        drive: Drive = self.target
        return drive.get_item(self.item_id)

    def _ask(self) -> None:
        assert self.monitor_url is not None
        response = self.con.naive_request(self.monitor_url, "get", allow_redirects=False)
        if not response:
            self._fail(f"HTTP {response.status_code}")
        elif response.status_code == 303:
            self._done(str(response.headers.get("Location") or "").partition("?")[0].rpartition("/")[2])
        else:
            self._take(response.json())

    def _take(self, told: dict[str, Any]) -> None:
        self.status = told.get("status") or self.status
        self.completion_percentage = told.get("percentageComplete", self.completion_percentage)
        if told.get("resourceId"):
            self._done(told["resourceId"])
        elif self.status.lower() in {"failed", "cancelled", "deletefailed"}:
            error = told.get("error") or {}
            self._fail(error.get("message") or error.get("code") or self.status)

    def _done(self, item_id: str) -> None:
        self.item_id, self.status, self.completion_percentage = item_id, "completed", 100.0

    def _fail(self, reason: str) -> None:
        log.warning("The copy failed: %s", reason)
        self.status, self.error = "failed", reason
