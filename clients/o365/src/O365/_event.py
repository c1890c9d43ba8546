"""An event of a calendar."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from O365._attributes import Json
from O365._event_fields import EventFields
from O365._event_words import EventType
from O365._paging import Pagination, listed
from O365._urls import segment
from O365._window import bound

_SAVED = (
    "id",
    "createdDateTime",
    "lastModifiedDateTime",
    "iCalUId",
    "webLink",
    "type",
    "hasAttachments",
    "onlineMeeting",
    "onlineMeetingUrl",
)


class Event(EventFields):
    """An event: a single one, a series, or an occurrence of one."""

    _endpoints: ClassVar[dict[str, str]] = {
        "calendar": "/calendars/{id}",
        "event": "/events/{id}",
        "event_default": "/calendar/events",
        "event_calendar": "/calendars/{id}/events",
        "occurrences": "/events/{id}/instances",
        "accept": "/events/{id}/accept",
        "tentatively": "/events/{id}/tentativelyAccept",
        "decline": "/events/{id}/decline",
        "cancel": "/events/{id}/cancel",
    }

    def __repr__(self) -> str:
        return f"Subject: {self.subject}{self._when()}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Event):
            return NotImplemented
        return self is other or (self.object_id is not None and self.object_id == other.object_id)

    __hash__ = None  # type: ignore[assignment] # the id comes later

    def get_occurrences(
        self,
        start: Any,
        end: Any,
        *,
        limit: int | None = None,
        query: Any = None,
        order_by: str | None = None,
        batch: int | None = None,
    ) -> list[Event] | Pagination[Event]:
        """The occurrences of a series between two times; none of an event that is no series."""
        if self.event_type is not EventType.SeriesMaster:
            return []
        zone = self.protocol.timezone
        found = listed(
            self,
            self._url("occurrences"),
            constructor=type(self),
            limit=limit,
            query=query,
            order_by=order_by,
            batch=batch,
            always=True,
            params={self._cc("startDateTime"): bound(start, zone), self._cc("endDateTime"): bound(end, zone)},
        )
        return [] if found is None else found

    # Saving.

    def save(self) -> bool:
        """Create it, or send what was changed. Raises ValueError for a new one without a start."""
        if not self.object_id:
            return self._create()
        if self._cc("attachments") in self._track_changes and not self._save_attachments():
            return False
        if not self._track_changes:
            return True
        response = self.con.patch(self._url("event"), data=self.to_api_data(restrict_keys=self._track_changes))
        if not response:
            return False
        self._track_changes.clear()
        self._renew(response.json(), "lastModifiedDateTime", "onlineMeeting", "onlineMeetingUrl")
        return True

    def delete(self) -> bool:
        """Delete it; of a meeting that is one's own the attendees are told. Raises RuntimeError for an unsaved one."""
        self._need("Attempting to delete an unsaved event")
        return bool(self.con.delete(self._url("event")))

    # Answers.

    def accept_event(
        self, comment: str | None = None, *, send_response: bool = True, tentatively: bool = False
    ) -> bool:
        """Say that one comes, or perhaps comes. Raises RuntimeError for an unsaved event, as the others do."""
        return self._answer("tentatively" if tentatively else "accept", comment, send_response)

    def decline_event(self, comment: str | None = None, *, send_response: bool = True) -> bool:
        """Say that one does not come."""
        return self._answer("decline", comment, send_response)

    def cancel_event(self, comment: str | None = None, *, send_response: bool = True) -> bool:
        """Call off one's own meeting."""
        return self._answer("cancel", comment, send_response)

    # As the documentation of the original calls them.
    accept = accept_event
    decline = decline_event
    cancel = cancel_event

    # How.

    def _create(self) -> bool:
        if self.start is None:
            raise ValueError("An event needs a start before it is saved.")
        if not self.transaction_id:
            self._values["transactionId"] = str(
                uuid.uuid4()
            )  # so that a request that is repeated makes no second event
        follow = self.attachments._are_large()
        data = self._json(None, known=False, without="attachments" if follow else "")
        response = self.con.post(self._calendar_url(), data=data)
        if not response:
            return False
        self._renew(response.json(), *_SAVED)
        self._track_changes.clear()
        return self._follow(response.json())

    def _follow(self, told: Json) -> bool:
        """Send the attachments that the service did not take with the event."""
        if self.attachments and not told.get(self._cc("hasAttachments")):
            return self._save_attachments()
        for attachment in self.attachments:
            attachment.on_cloud = True
        return True

    def _save_attachments(self) -> bool:
        if not self.attachments._update_attachments_to_cloud():
            return False
        self._track_changes.discard("attachments")
        return True

    def _answer(self, endpoint: str, comment: str | None, send_response: bool) -> bool:
        self._need(f"Can't {endpoint.removesuffix('ly')} event that doesn't exist")
        data: Json = {self._cc("comment"): comment} if comment else {}
        if not send_response:
            data[self._cc("sendResponse")] = False
        return bool(self.con.post(self._url(endpoint), data=data or None))

    def _need(self, otherwise: str) -> None:
        if not self.object_id:
            raise RuntimeError(otherwise)

    def _when(self) -> str:
        start, end = self.start, self.end
        if start is None:
            return ""
        if end is None or start.date() == end.date():
            return f" (on: {start.date()} from: {start.time()}{f' to: {end.time()}' if end else ''})"
        return f" (starts: {start.date()} {start.time()} and ends: {end.date()} {end.time()})"

    def _calendar_url(self) -> str:
        endpoint = self._endpoints["event_calendar" if self.calendar_id else "event_default"]
        return self.build_url(endpoint.format(id=segment(self.calendar_id)))

    def _url(self, endpoint: str) -> str:
        return self.build_url(self._endpoints[endpoint].format(id=segment(self.object_id)))
