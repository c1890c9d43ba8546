"""The field table of an event, and the JSON that follows from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any
from zoneinfo import ZoneInfo

from O365._attendees import Attendees, ResponseStatus
from O365._attributes import (
    ALWAYS,
    FILLED,
    NEVER,
    Attribute,
    Field,
    Json,
    Resource,
    choice_field,
    flag_field,
    instant_field,
    maybe_text,
    plain,
    text_field,
)
from O365._body import BodyMixin, accept_body, read_body, read_body_type, write_body
from O365._categories import categories_field
from O365._dates import aware, name_of
from O365._enums import ImportanceLevel
from O365._event_attachments import EventAttachments
from O365._event_words import EventSensitivity, EventShowAs, EventType, OnlineMeetingProviderType
from O365._recipients import HandleRecipientsMixin, Recipient
from O365._recurrence import EventRecurrence
from O365.utils.attachment import AttachableMixin

NO_FORWARDING = "Boolean {00020329-0000-0000-C000-000000000046} Name DoNotForward"
"""The extended property that forbids attendees to forward an invitation."""
HALF_AN_HOUR, DAY = dt.timedelta(minutes=30), dt.timedelta(days=1)
REMINDER_MINUTES = 15
_WIRE = "%Y-%m-%dT%H:%M:%S"


def _read_time(event: EventFields, told: Any) -> dt.datetime | None:
    return event._parse_date_time_time_zone(told, bool(event._told("isAllDay")))


def _accepted(event: EventFields, given: Any, name: str) -> dt.datetime:
    """A time as programs give it, in a zone that has a name."""
    if not isinstance(given, dt.date):
        raise ValueError(f"'{name}' must be a valid datetime object, not {given!r}")  # noqa: TRY004 - documented
    when = aware(given, event.protocol.timezone)
    return when if isinstance(when.tzinfo, ZoneInfo) else when.astimezone(event.protocol.timezone)


def _accept_start(event: EventFields, given: Any) -> dt.datetime:
    start = _accepted(event, given, "start")
    if event.end is None:
        event.end = start + HALF_AN_HOUR
    return start


def _accept_end(event: EventFields, given: Any) -> dt.datetime:
    return _accepted(event, given, "end")


def _write_time(event: EventFields, when: dt.datetime | None) -> Any:
    if when is None:
        return None
    if not event.is_all_day:
        return event._build_date_time_time_zone(when)
    # Whole days are dates: the service wants midnights, whatever the zone.
    return {event._cc("dateTime"): when.strftime(_WIRE), event._cc("timeZone"): name_of(when.tzinfo)}


def _accept_all_day(event: EventFields, given: Any) -> bool:
    start, end = event.start, event.end
    if given and start is not None:
        first = _midnight(start)
        last = first if end is None else _midnight(end + DAY - dt.timedelta(microseconds=1))
        event.start, event.end = first, max(last, first + DAY)
    return bool(given)


def _midnight(when: dt.datetime) -> dt.datetime:
    return when.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)


def _write_location(event: EventFields, location: Any) -> Any:
    """A text is a name; the service takes no empty object."""
    if isinstance(location, str):
        return {event._cc("displayName"): location}
    return location or {event._cc("displayName"): ""}


def _accept_minutes(event: EventFields, given: Any) -> int:
    event.is_reminder_on = True
    return int(given)


def _accept_transaction(event: EventFields, given: str) -> str:
    if event.object_id:
        raise ValueError("The transaction_id of an event that was created cannot be changed.")
    return given


def _read_no_forwarding(event: EventFields, told: Iterable[Json] | None) -> bool:
    key, value = event._cc("id"), event._cc("value")
    return any(one.get(key) == NO_FORWARDING and str(one.get(value)).lower() == "true" for one in told or ())


def _write_no_forwarding(event: EventFields, forbidden: bool) -> list[Json]:
    return [{event._cc("id"): NO_FORWARDING, event._cc("value"): "true" if forbidden else "false"}]


def _read_url(event: EventFields, told: str | None) -> str | None:
    return told or (event.online_meeting or {}).get(event._cc("joinUrl"))


def _read_attachments(event: EventFields, told: Iterable[Json] | None) -> EventAttachments:
    return event._attachments_constructor(event, [{event._cloud_data_key: one} for one in told or ()])


def _jsonable(_: Any, value: Any) -> Any:
    return value.to_api_data()


class EventFields(BodyMixin, Resource, AttachableMixin, HandleRecipientsMixin):
    """What an event consists of."""

    object_id = maybe_text("id")
    transaction_id: Field[str | None] = Field("transactionId", None, _accept_transaction, sent=FILLED)
    subject = text_field("subject", settable=True, sent=ALWAYS)
    body = Field("body", read_body, accept_body, write=write_body, sent=ALWAYS)
    body_type = Attribute("body", read_body_type, sent=NEVER)
    start = Field("start", _read_time, _accept_start, write=_write_time, sent=FILLED)
    end = Field("end", _read_time, _accept_end, write=_write_time, sent=FILLED)
    is_all_day = Field("isAllDay", None, _accept_all_day, missing=False, sent=ALWAYS)
    location: Field[Any] = Field(
        "location", lambda _, told: told or {}, lambda _, given: given, write=_write_location, sent=ALWAYS
    )
    locations: Attribute[list[Json]] = Attribute("locations", lambda _, told: list(told or ()))
    attendees = Field("attendees", lambda event, told: Attendees(event, told), write=_jsonable, sent=ALWAYS)
    organizer: Field[Recipient] = Field(
        "organizer", lambda event, told: event._recipient_from_cloud(told, "organizer"), sent=NEVER
    )
    categories = categories_field(sent=ALWAYS)
    importance = choice_field("importance", ImportanceLevel, ImportanceLevel.Normal, sent=ALWAYS)
    sensitivity = choice_field("sensitivity", EventSensitivity, EventSensitivity.Normal, sent=ALWAYS)
    show_as = choice_field("showAs", EventShowAs, EventShowAs.Busy, sent=ALWAYS)
    is_reminder_on = flag_field("isReminderOn", missing=True, settable=True, sent=ALWAYS)
    remind_before_minutes: Field[int] = Field(
        "reminderMinutesBeforeStart", None, _accept_minutes, missing=REMINDER_MINUTES, sent=ALWAYS
    )
    response_requested = flag_field("responseRequested", missing=True, settable=True, sent=ALWAYS)
    response_status = Field(
        "responseStatus", lambda event, told: ResponseStatus(event, told) if told else None, sent=NEVER
    )
    recurrence = Field(
        "recurrence",
        lambda event, told: EventRecurrence(event, told),
        write=lambda _, recurrence: recurrence.to_api_data() or None,
        sent=FILLED,
    )
    series_master_id = maybe_text("seriesMasterId")
    event_type = Field("type", lambda _, told: EventType.from_value(told) or EventType.SingleInstance, sent=NEVER)
    is_online_meeting = flag_field("isOnlineMeeting", settable=True, sent=ALWAYS)
    online_meeting_provider = choice_field(
        "onlineMeetingProvider", OnlineMeetingProviderType, OnlineMeetingProviderType.TeamsForBusiness, sent=ALWAYS
    )
    online_meeting = plain("onlineMeeting")
    online_meeting_url = Attribute("onlineMeetingUrl", _read_url)
    no_forwarding = Field(
        "singleValueExtendedProperties",
        _read_no_forwarding,
        lambda _, given: bool(given),
        write=_write_no_forwarding,
        sent=ALWAYS,
    )
    ical_uid = maybe_text("iCalUId")
    is_cancelled: Attribute[bool] = plain("isCancelled", False)
    is_organizer: Attribute[bool] = plain("isOrganizer", True)
    web_link = maybe_text("webLink")
    created = instant_field("createdDateTime")
    modified = instant_field("lastModifiedDateTime")
    attachments = Field("attachments", _read_attachments, write=_jsonable, sent=FILLED)

    _attachments_constructor = EventAttachments

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, con=con, **kwargs)
        AttachableMixin.__init__(self, attachment_name_property="subject", attachment_type="event_type")
        self.calendar_id: str | None = kwargs.get("calendar_id") or getattr(parent, "calendar_id", None)
        if "object_id" in kwargs and self._told("id") is None:
            self.object_id = kwargs["object_id"]
        for name, key in (("subject", "subject"), ("start", "start"), ("end", "end")):
            if kwargs.get(name) is not None and self._told(key) is None:
                setattr(self, name, kwargs[name])
        self._track_changes.clear()
        if kwargs.get("download_attachments") and self.has_attachments:
            self.attachments.download_attachments()

    @property
    def has_attachments(self) -> bool:
        """Whether it has some, here or with the service."""
        return bool(self._told("hasAttachments") or self._told("attachments") or self._values.get("attachments"))

    def to_api_data(self, restrict_keys: Collection[str] | None = None) -> Json:
        """The event as JSON: all of it, or only some keys."""
        return self._json(restrict_keys, known=bool(self.object_id))
