"""Attributes and values as OData writes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from O365 import _dates

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from O365._protocol import Protocol

FilterWord: TypeAlias = str | bool | dt.date | int | float | None

# Short names of properties that lie deeper.
_MAPPING = {
    "from": "from/emailAddress/address",
    "to": "toRecipients/emailAddress/address",
    "start": "start/dateTime",
    "end": "end/dateTime",
    "due": "dueDateTime/dateTime",
    "reminder": "reminderDateTime/dateTime",
    "flag": "flag/flagStatus",
    "body": "body/content",
}


class ApiWords:
    """How one API writes names and values: the base of both kinds of query."""

    def __init__(self, protocol: Protocol | type[Protocol]) -> None:
        self.protocol: Protocol = protocol() if isinstance(protocol, type) else protocol

    def _path(self, attribute: str) -> str:
        return path(attribute, self.protocol.convert_case)

    def _word(self, value: FilterWord, attribute: str) -> str:
        return word(value, attribute, self.protocol.timezone)

    def _collection(self, collection: str) -> str:
        # Here "to" is the collection itself, not the addresses in it.
        return self.protocol.convert_case({"to": "toRecipients"}.get(collection, collection))

    def _selected(self, attribute: str) -> str:
        return self._cased(attribute, "meetingMessageType")

    def _relationship(self, relationship: str) -> str:
        return self._cased(relationship, "event")

    def _cased(self, name: str, of_event_messages: str) -> str:
        """What only event messages have needs their type before it."""
        cased = self.protocol.convert_case(name)
        if cased.lower() == of_event_messages.lower():
            return f"{self.protocol.get_service_keyword('event_message_type')}/{cased}"
        return cased


def path(attribute: str, convert: Callable[[str], str]) -> str:
    """The path of an attribute in the casing of the API: `created_date_time`, `flag`, `start/dateTime`."""
    return "/".join(convert(step) for step in _MAPPING.get(attribute, attribute).split("/"))


def word(value: FilterWord, attribute: str, zone: ZoneInfo) -> str:
    """A value as it stands in a filter on a path."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dt.datetime):
        return _moment(_dates.aware(value, zone), attribute)
    if isinstance(value, dt.date):
        return quoted(value.isoformat()) if is_text(attribute) else value.isoformat()
    return str(value)


def quoted(text: str) -> str:
    """A string of OData: a quote in it is doubled."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def searched(text: str) -> str:
    """A phrase of $search."""
    return f'"{escaped(text)}"'


def escaped(text: str) -> str:
    """What stands between the quotes of a phrase: quotes and backslashes in it are escaped."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def is_text(attribute: str) -> bool:
    """Whether times under this path are strings for Graph: those of `{dateTime, timeZone}` pairs are, in UTC."""
    return "/" in attribute and attribute.lower().endswith("/datetime")


def _moment(value: dt.datetime, attribute: str) -> str:
    if not is_text(attribute):
        return value.isoformat()
    return quoted(value.astimezone(dt.UTC).replace(tzinfo=None).isoformat())
