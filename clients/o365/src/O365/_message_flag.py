"""The flag of a message, and the enumerations that messages use."""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import TYPE_CHECKING, Any

from O365._component import ApiComponent
from O365._dates import aware
from O365._enums import CaseEnum

if TYPE_CHECKING:
    from O365._attributes import Json
    from O365._recipients import TrackerSet


_DATES = ("startDateTime", "dueDateTime", "completedDateTime")


class RecipientType(Enum):
    TO = "to"
    CC = "cc"
    BCC = "bcc"


class MeetingMessageType(CaseEnum):
    MeetingRequest = "meetingRequest"
    MeetingCancelled = "meetingCancelled"
    MeetingAccepted = "meetingAccepted"
    MeetingTentativelyAccepted = "meetingTentativelyAccepted"
    MeetingDeclined = "meetingDeclined"


class Flag(CaseEnum):
    NotFlagged = "notFlagged"
    Complete = "complete"
    Flagged = "flagged"


class MessageFlag(ApiComponent):
    """Whether a message is to be followed up, from when and until when; its changes are those of the message."""

    def __init__(self, parent: Any, flag_data: Json | None) -> None:
        self._adopt_all(parent)
        told = flag_data or {}
        self._changes: TrackerSet = parent._track_changes  # not the message: it would stay in memory, see _recipients
        self._status = Flag.from_value(told.get(self._cc("flagStatus"))) or Flag.NotFlagged
        # A status alone is the usual case: most messages are not flagged.
        self._start: dt.datetime | None = None
        self._due: dt.datetime | None = None
        self._completed: dt.datetime | None = None
        if len(told) > 1:
            self._start, self._due, self._completed = (self._told_date(told, key) for key in _DATES)

    def _told_date(self, told: Json, key: str) -> dt.datetime | None:
        return self._parse_date_time_time_zone(told.get(self._cc(key)))

    def __bool__(self) -> bool:
        return self.is_flagged

    def __repr__(self) -> str:
        return str(self._status)

    @property
    def status(self) -> Flag:
        return self._status

    @property
    def start_date(self) -> dt.datetime | None:
        return self._start

    @property
    def due_date(self) -> dt.datetime | None:
        return self._due

    @property
    def completition_date(self) -> dt.datetime | None:
        return self._completed

    @property
    def is_completed(self) -> bool:
        return self._status is Flag.Complete

    @property
    def is_flagged(self) -> bool:
        return self._status in {Flag.Flagged, Flag.Complete}

    def set_flagged(self, *, start_date: dt.date | None = None, due_date: dt.date | None = None) -> None:
        """Flag the message; what is not given is now, or as near to now as the other date allows."""
        now = self._now()
        start = now if start_date is None else self._aware(start_date)
        due = now if due_date is None else self._aware(due_date)
        if start > due and due_date is None:
            due = start
        elif start > due and start_date is None:
            start = due
        self._set(Flag.Flagged, start, due, None)

    def set_completed(self, *, completition_date: dt.date | None = None) -> None:
        """Mark it as done, now unless told otherwise."""
        done = self._now() if completition_date is None else self._aware(completition_date)
        self._set(Flag.Complete, self._start, self._due, done)

    def delete_flag(self) -> None:
        """Take the flag away."""
        self._set(Flag.NotFlagged, None, None, None)

    def to_api_data(self) -> Json:
        cc = self._cc
        data: Json = {cc("flagStatus"): cc(self._status.value)}
        if self._status is Flag.Flagged and self._start and self._due:
            # The service takes both dates or none.
            data[cc("startDateTime")] = self._build_date_time_time_zone(self._start)
            data[cc("dueDateTime")] = self._build_date_time_time_zone(self._due)
        if self._status is Flag.Complete and self._completed:
            data[cc("completedDateTime")] = self._build_date_time_time_zone(self._completed)
        return data

    def _set(
        self, status: Flag, start: dt.datetime | None, due: dt.datetime | None, completed: dt.datetime | None
    ) -> None:
        self._status, self._start, self._due, self._completed = status, start, due, completed
        self._changes.add("flag")

    def _now(self) -> dt.datetime:
        return dt.datetime.now(self.protocol.timezone)

    def _aware(self, given: dt.date) -> dt.datetime:
        return aware(given, self.protocol.timezone)
