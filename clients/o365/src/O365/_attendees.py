"""Who attends an event, and what they answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from O365._attributes import Json
from O365._component import ApiComponent
from O365._dates import parse_instant
from O365._event_words import AttendeeType, EventResponse

NEVER = "0001-01-01"
"""What the service tells of those who have not answered."""


class ResponseStatus(ApiComponent):
    """What somebody answered, and when."""

    def __init__(self, parent: Any, response_status: Json | None) -> None:
        self._adopt_all(parent)
        told = response_status or {}
        time = str(told.get(self._cc("time")) or NEVER)
        self.status = EventResponse.from_value(told.get(self._cc("response")))
        self.response_time: dt.datetime | None = None
        if self.status and not time.startswith(NEVER):
            self.response_time = parse_instant(time, self.protocol.timezone)

    def __repr__(self) -> str:
        return self.status.value if self.status else "none"


class Attendee:
    """One who attends. A change is a change of the event."""

    def __init__(
        self,
        address: str,
        *,
        name: str | None = None,
        attendee_type: AttendeeType | str | None = None,
        response_status: ResponseStatus | None = None,
        event: Any = None,
    ) -> None:
        self._address = address
        self._name = name
        self._event = event
        self._response_status = response_status
        self._attendee_type = _type(attendee_type) if attendee_type else AttendeeType.Required

    def __repr__(self) -> str:
        who = f"{self.name} ({self.address})" if self.name else self.address
        return f"{self.attendee_type.name}: {who}"

    @property
    def address(self) -> str:
        return self._address

    @address.setter
    def address(self, value: str) -> None:
        self._address, self._name = value, ""
        self._changed()

    @property
    def name(self) -> str | None:
        return self._name

    @name.setter
    def name(self, value: str | None) -> None:
        self._name = value
        self._changed()

    @property
    def response_status(self) -> ResponseStatus | None:
        """What they answered."""
        return self._response_status

    @property
    def attendee_type(self) -> AttendeeType:
        return self._attendee_type

    @attendee_type.setter
    def attendee_type(self, value: AttendeeType | str) -> None:
        self._attendee_type = _type(value)
        self._changed()

    def _changed(self) -> None:
        if self._event is not None:
            self._event._track_changes.add("attendees")


Given: TypeAlias = "str | Attendee | tuple[str | None, str | None] | Iterable[Given] | None"
"""What programs add: an address, an Attendee, (name, address), or several of these."""


class Attendees(ApiComponent):
    """A list of attendees. A change is a change of the event, unless `untrack` is set."""

    def __init__(self, event: Any, attendees: Given | list[Json] = None) -> None:
        self._adopt_all(event)
        self._event = event
        self._attendees: list[Attendee] = []
        self.untrack = True
        if attendees:
            self.add(attendees)
        self.untrack = False

    def __iter__(self) -> Iterator[Attendee]:
        return iter(self._attendees)

    def __getitem__(self, key: int) -> Attendee:
        return self._attendees[key]

    def __contains__(self, item: object) -> bool:
        address = item.address if isinstance(item, Attendee) else item
        return any(address == one.address for one in self._attendees)

    def __len__(self) -> int:
        return len(self._attendees)

    def __repr__(self) -> str:
        return f"Attendees Count: {len(self)}"

    def clear(self) -> None:
        """Remove all."""
        self._attendees = []
        self._changed()

    def add(self, attendees: Any) -> None:
        """Add what is given. Raises ValueError for what is no attendee; a pair without an address adds nothing."""
        if not attendees:
            return
        self._attendees.extend(self._understood(attendees))
        self._changed()

    def remove(self, attendees: Any) -> None:
        """Remove by address, or one or several attendees."""
        gone = [attendees] if isinstance(attendees, str | Attendee) else list(attendees)
        addresses = {one.address if isinstance(one, Attendee) else one for one in gone}
        kept = [one for one in self._attendees if one.address not in addresses]
        if len(kept) != len(self._attendees):
            self._attendees = kept
            self._changed()

    def to_api_data(self) -> list[Json]:
        return [self._written(one) for one in self._attendees if one.address]

    def _written(self, one: Attendee) -> Json:
        cc = self._cc
        address = {cc("address"): one.address, cc("name"): one.name}
        return {cc("emailAddress"): address, cc("type"): cc(one.attendee_type.value)}

    def _understood(self, given: Any) -> Iterator[Attendee]:
        if isinstance(given, str):
            yield Attendee(given, event=self._event)
        elif isinstance(given, Attendee):
            given._event = self._event
            yield given
        elif isinstance(given, dict):
            yield self._read(given)
        elif isinstance(given, tuple) and len(given) == 2:
            name, address = given
            if address:
                yield Attendee(address, name=name, event=self._event)
        elif isinstance(given, Iterable) and not isinstance(given, bytes):
            for one in given:
                yield from self._understood(one)
        else:
            raise ValueError(f"attendees: expected addresses, Attendees or (name, address) pairs, not {given!r}")

    def _read(self, told: Json) -> Attendee:
        cc = self._cc
        address = told.get(cc("emailAddress")) or {}
        return Attendee(
            address.get(cc("address")) or "",
            name=address.get(cc("name")),
            attendee_type=AttendeeType.from_value(told.get(cc("type"))),
            response_status=ResponseStatus(self._event, told.get(cc("status"))),
            event=self._event,
        )

    def _changed(self) -> None:
        if not self.untrack:
            self._event._track_changes.add("attendees")


def _type(given: AttendeeType | str) -> AttendeeType:
    found = given if isinstance(given, AttendeeType) else AttendeeType.from_value(given)
    if found is None:
        raise ValueError(f"attendee_type: expected required, optional or resource, not {given!r}")
    return found
