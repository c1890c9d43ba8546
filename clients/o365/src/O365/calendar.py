"""Calendars and their events."""

from __future__ import annotations

from typing import Any, ClassVar

from O365._attachment import AttachableMixin as AttachableMixin
from O365._attendees import Attendee as Attendee
from O365._attendees import Attendees as Attendees
from O365._attendees import ResponseStatus as ResponseStatus
from O365._attributes import Attribute, Field, Json, Resource, maybe_text, plain, text
from O365._component import ApiComponent as ApiComponent
from O365._enums import CaseEnum as CaseEnum
from O365._enums import ImportanceLevel as ImportanceLevel
from O365._event import Event as Event
from O365._event_attachments import EventAttachment as EventAttachment
from O365._event_attachments import EventAttachments as EventAttachments
from O365._event_words import MONTH_NAMES as MONTH_NAMES
from O365._event_words import AttendeeType as AttendeeType
from O365._event_words import CalendarColor as CalendarColor
from O365._event_words import DailyEventFrequency as DailyEventFrequency
from O365._event_words import EventResponse as EventResponse
from O365._event_words import EventSensitivity as EventSensitivity
from O365._event_words import EventShowAs as EventShowAs
from O365._event_words import EventType as EventType
from O365._event_words import OnlineMeetingProviderType as OnlineMeetingProviderType
from O365._names import NEXT_LINK_KEYWORD as NEXT_LINK_KEYWORD
from O365._paging import Pagination as Pagination
from O365._paging import conditions, listed
from O365._recipients import HandleRecipientsMixin as HandleRecipientsMixin
from O365._recipients import Recipient
from O365._recipients import TrackerSet as TrackerSet
from O365._recurrence import EventRecurrence as EventRecurrence
from O365._urls import segment
from O365._window import window
from O365._words import quoted
from O365.category import Category as Category
from O365.utils.attachment import BaseAttachment as BaseAttachment
from O365.utils.attachment import BaseAttachments as BaseAttachments
from O365.utils.windows_tz import get_windows_tz as get_windows_tz

AVAILABILITY = {"0": "free", "1": "tentative", "2": "busy", "3": "out of office", "4": "working elsewhere"}
UNKNOWN = "unkknown"
"""So spelt by the original, whose programs may compare with it."""


def _read_owner(calendar: Calendar, told: Json | None) -> Recipient:
    """An address, without the object around it that those of messages have."""
    return calendar._recipient_from_cloud({calendar._cc("emailAddress"): told}, "owner")


class Calendar(Resource, HandleRecipientsMixin):
    """A calendar; without an id the default one."""

    _endpoints: ClassVar[dict[str, str]] = {
        "calendar": "/calendars/{id}",
        "get_events": "/calendars/{id}/events",
        "default_events": "/calendar/events",
        "events_view": "/calendars/{id}/calendarView",
        "default_events_view": "/calendar/calendarView",
        "get_event": "/calendars/{id}/events/{ide}",
        "default_event": "/events/{ide}",
    }
    event_constructor = Event

    _eager = True

    calendar_id = maybe_text("id")
    name = text("name")
    owner: Field[Recipient] = Field("owner", _read_owner)
    color: Attribute[Any] = Attribute("color", lambda _, told: CalendarColor.from_value(told))
    hex_color = maybe_text("hexColor")
    can_edit: Attribute[bool] = plain("canEdit", False)
    can_share: Attribute[bool] = plain("canShare", False)
    can_view_private_items: Attribute[bool] = plain("canViewPrivateItems", False)

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, con=con, **kwargs)
        if "calendar_id" in kwargs and self._told("id") is None:
            self.calendar_id = kwargs["calendar_id"]

    def __repr__(self) -> str:
        return f"Calendar: {self.name} from {self.owner}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Calendar):
            return NotImplemented
        return self is other or (self.calendar_id is not None and self.calendar_id == other.calendar_id)

    __hash__ = None  # type: ignore[assignment] # the id comes and goes

    def update(self) -> bool:
        """Send its name and its colour."""
        if not self.calendar_id:
            return False
        color = self.color if isinstance(self.color, CalendarColor) else CalendarColor.from_value(self.color)
        data: Json = {self._cc("name"): self.name}
        if color is not None:
            data[self._cc("color")] = self._cc(color.value)
        return bool(self.con.patch(self._url("calendar"), data=data))

    def delete(self) -> bool:
        """Delete it, with all its events."""
        if not self.calendar_id or not self.con.delete(self._url("calendar")):
            return False
        self.calendar_id = None
        return True

    def get_events(
        self,
        limit: int | None = 25,
        *,
        query: Any = None,
        order_by: str | None = None,
        batch: int | None = None,
        download_attachments: bool = False,
        include_recurring: bool = True,
        start_recurring: Any = None,
        end_recurring: Any = None,
    ) -> Pagination[Event]:
        """The events: with `include_recurring` each occurrence between two times, else single events and series.

        The times are `start_recurring` and `end_recurring`: texts, datetimes, dates or queries; or the conditions of
        `query` on `start` and `end`. Raises ValueError without them.
        """
        params: dict[str, str] = {}
        if include_recurring:
            params, query = window(query, start_recurring, end_recurring, self.protocol.timezone)
        extra: dict[str, Any] = {"download_attachments": True} if download_attachments else {}
        found = listed(
            self,
            self._events_url("events_view" if include_recurring else "events"),
            constructor=self.event_constructor,
            limit=limit,
            query=query,
            order_by=order_by,
            batch=batch,
            params={self._cc(name): value for name, value in params.items()},
            always=True,
            **extra,
        )
        return Pagination(parent=self) if found is None else found

    def new_event(self, subject: str | None = None) -> Event:
        """An event that is not saved yet."""
        return self.event_constructor(parent=self, subject=subject, calendar_id=self.calendar_id)

    def get_event(self, param: Any) -> Event | None:
        """The event with an id, or the first that fits a query; a series counts as one."""
        if param is None:
            return None
        if not isinstance(param, str):
            return next(self.get_events(limit=1, query=param, include_recurring=False), None)
        response = self.con.get(self._url("get_event" if self.calendar_id else "default_event", param))
        return self.event_constructor(parent=self, **{self._cloud_data_key: response.json()}) if response else None

    def _events_url(self, what: str) -> str:
        if not self.calendar_id:
            return self._url(f"default_{what}")
        return self._url("get_events" if what == "events" else what)

    def _url(self, endpoint: str, event: str | None = None) -> str:
        return self.build_url(self._endpoints[endpoint].format(id=segment(self.calendar_id), ide=segment(event)))


class Schedule(ApiComponent):
    """All calendars of a user or a group."""

    _endpoints: ClassVar[dict[str, str]] = {
        "root_calendars": "/calendars",
        "get_calendar": "/calendars/{id}",
        "default_calendar": "/calendar",
        "get_availability": "/calendar/getSchedule",
    }
    calendar_constructor = Calendar
    event_constructor = Event

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        self._adopt(parent, con, kwargs)

    def __repr__(self) -> str:
        return f"Schedule resource: {self.main_resource}"

    def list_calendars(
        self, limit: int | None = None, *, query: Any = None, order_by: str | None = None, batch: int | None = None
    ) -> list[Calendar] | Pagination[Calendar]:
        """The calendars: a list, or a Pagination when there are more than fit into a page."""
        found = listed(
            self,
            self.build_url(self._endpoints["root_calendars"]),
            constructor=self.calendar_constructor,
            limit=limit,
            query=query,
            order_by=order_by,
            batch=batch,
        )
        return [] if found is None else found

    def new_calendar(self, calendar_name: str) -> Calendar | None:
        """A new calendar."""
        if not calendar_name:
            return None
        url = self.build_url(self._endpoints["root_calendars"])
        return self._made(self.con.post(url, data={self._cc("name"): calendar_name}))

    def get_calendar(
        self, calendar_id: str | None = None, calendar_name: str | None = None, query: Any = None
    ) -> Calendar | None:
        """A calendar by its id or its name. Raises RuntimeError unless one of both is given."""
        if calendar_id and calendar_name:
            raise RuntimeError("Provide only one of the options")
        if not calendar_id and not calendar_name:
            raise RuntimeError("Provide one of the options")
        params = conditions(query)
        if calendar_id:
            url = self.build_url(self._endpoints["get_calendar"].format(id=segment(calendar_id)))
            return self._made(self.con.get(url, params=params or None))
        params.update({"$filter": f"{self._cc('name')} eq {quoted(str(calendar_name))}", "$top": 1})
        response = self.con.get(self.build_url(self._endpoints["root_calendars"]), params=params)
        rows = response.json().get("value") if response else None
        return self.calendar_constructor(parent=self, **{self._cloud_data_key: rows[0]}) if rows else None

    def get_default_calendar(self) -> Calendar | None:
        """The calendar that every mailbox has."""
        return self._made(self.con.get(self.build_url(self._endpoints["default_calendar"])))

    def get_events(
        self,
        limit: int | None = 25,
        *,
        query: Any = None,
        order_by: str | None = None,
        batch: int | None = None,
        download_attachments: bool = False,
        include_recurring: bool = True,
        start_recurring: Any = None,
        end_recurring: Any = None,
    ) -> Pagination[Event]:
        """The events of the default calendar, as `Calendar.get_events`."""
        return self._default().get_events(
            limit,
            query=query,
            order_by=order_by,
            batch=batch,
            download_attachments=download_attachments,
            include_recurring=include_recurring,
            start_recurring=start_recurring,
            end_recurring=end_recurring,
        )

    def new_event(self, subject: str | None = None) -> Event:
        """An event of the default calendar that is not saved yet."""
        return self.event_constructor(parent=self, subject=subject)

    def get_availability(self, schedules: Any, start: Any, end: Any, interval: int = 60) -> list[Json]:
        """When people are free, as the service tells it: `availabilityView` is a list of words, one for each interval
        of so many minutes; the times of `scheduleItems` are datetimes.
        """
        addresses = [schedules] if isinstance(schedules, str) else list(schedules)
        data = {
            self._cc("startTime"): self._build_date_time_time_zone(start),
            self._cc("endTime"): self._build_date_time_time_zone(end),
            self._cc("availabilityViewInterval"): interval,
            self._cc("schedules"): addresses,
        }
        response = self.con.post(self.build_url(self._endpoints["get_availability"]), data=data)
        return [self._availability(row) for row in response.json().get("value", [])] if response else []

    def _availability(self, told: Json) -> Json:
        view, items = self._cc("availabilityView"), self._cc("scheduleItems")
        words = [AVAILABILITY.get(digit, UNKNOWN) for digit in told.get(view) or ""]
        return {**told, view: words, items: [self._busy(item) for item in told.get(items) or ()]}

    def _busy(self, item: Json) -> Json:
        times = {key: self._parse_date_time_time_zone(item.get(key)) for key in (self._cc("start"), self._cc("end"))}
        return {**item, **times}

    def _default(self) -> Calendar:
        default = self.calendar_constructor(parent=self)
        default.event_constructor = self.event_constructor
        return default

    def _made(self, response: Any) -> Calendar | None:
        if not response:
            return None
        return self.calendar_constructor(parent=self, **{self._cloud_data_key: response.json()})
