"""The async classes of `O365.calendar`; `make docs` writes them."""

# mypy: disable-error-code="no-any-return, override"
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from O365.aio._twin import Listing, Twin
from O365.aio.message import BaseAttachment, BaseAttachments

if TYPE_CHECKING:
    from collections.abc import Collection

    from bs4 import BeautifulSoup

    from O365._attributes import Json


class Schedule(Twin):
    """All calendars of a user or a group."""

    _home = "O365.calendar:Schedule"

    async def get_availability(self, schedules: Any, start: Any, end: Any, interval: int = 60) -> list[Json]:
        """When people are free, as the service tells it: `availabilityView` is a list of words, one for each
        interval of so many minutes; the times of `scheduleItems` are datetimes.
        """
        return await self._awaited(self._it.get_availability, schedules, start, end, interval)

    async def get_calendar(
        self, calendar_id: str | None = None, calendar_name: str | None = None, query: Any = None
    ) -> Calendar | None:
        """A calendar by its id or its name. Raises RuntimeError unless one of both is given."""
        return await self._awaited(self._it.get_calendar, calendar_id, calendar_name, query)

    async def get_default_calendar(self) -> Calendar | None:
        """The calendar that every mailbox has."""
        return await self._awaited(self._it.get_default_calendar)

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
    ) -> Listing[Event]:
        """The events of the default calendar, as `Calendar.get_events`."""
        return self._listed(
            self._it.get_events,
            limit,
            query=query,
            order_by=order_by,
            batch=batch,
            download_attachments=download_attachments,
            include_recurring=include_recurring,
            start_recurring=start_recurring,
            end_recurring=end_recurring,
        )

    def list_calendars(
        self, limit: int | None = None, *, query: Any = None, order_by: str | None = None, batch: int | None = None
    ) -> Listing[Calendar]:
        """The calendars: a list, or a Pagination when there are more than fit into a page."""
        return self._listed(self._it.list_calendars, limit, query=query, order_by=order_by, batch=batch)

    async def new_calendar(self, calendar_name: str) -> Calendar | None:
        """A new calendar."""
        return await self._awaited(self._it.new_calendar, calendar_name)

    def new_event(self, subject: str | None = None) -> Event:
        """An event of the default calendar that is not saved yet."""
        return self._given(self._it.new_event, subject)


class EventAttachment(BaseAttachment):
    """As O365's EventAttachment."""

    _home = "O365._event_attachments:EventAttachment"


class EventAttachments(BaseAttachments):
    """As O365's EventAttachments."""

    _home = "O365._event_attachments:EventAttachments"


class Calendar(Twin):
    """A calendar; without an id the default one."""

    _home = "O365.calendar:Calendar"

    async def delete(self) -> bool:
        """Delete it, with all its events."""
        return await self._awaited(self._it.delete)

    async def get_event(self, param: Any) -> Event | None:
        """The event with an id, or the first that fits a query; a series counts as one."""
        return await self._awaited(self._it.get_event, param)

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
    ) -> Listing[Event]:
        """The events: with `include_recurring` each occurrence between two times, else single events and series."""
        return self._listed(
            self._it.get_events,
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
        """An event that is not saved yet."""
        return self._given(self._it.new_event, subject)

    async def update(self) -> bool:
        """Send its name and its colour."""
        return await self._awaited(self._it.update)


class Event(Twin):
    """An event: a single one, a series, or an occurrence of one."""

    _home = "O365._event:Event"

    async def accept(
        self, comment: str | None = None, *, send_response: bool = True, tentatively: bool = False
    ) -> bool:
        """Say that one comes, or perhaps comes. Raises RuntimeError for an unsaved event, as the others do."""
        return await self._awaited(self._it.accept, comment, send_response=send_response, tentatively=tentatively)

    async def accept_event(
        self, comment: str | None = None, *, send_response: bool = True, tentatively: bool = False
    ) -> bool:
        """Say that one comes, or perhaps comes. Raises RuntimeError for an unsaved event, as the others do."""
        return await self._awaited(self._it.accept_event, comment, send_response=send_response, tentatively=tentatively)

    async def cancel(self, comment: str | None = None, *, send_response: bool = True) -> bool:
        """Call off one's own meeting."""
        return await self._awaited(self._it.cancel, comment, send_response=send_response)

    async def cancel_event(self, comment: str | None = None, *, send_response: bool = True) -> bool:
        """Call off one's own meeting."""
        return await self._awaited(self._it.cancel_event, comment, send_response=send_response)

    async def decline(self, comment: str | None = None, *, send_response: bool = True) -> bool:
        """Say that one does not come."""
        return await self._awaited(self._it.decline, comment, send_response=send_response)

    async def decline_event(self, comment: str | None = None, *, send_response: bool = True) -> bool:
        """Say that one does not come."""
        return await self._awaited(self._it.decline_event, comment, send_response=send_response)

    async def delete(self) -> bool:
        """Delete it; of a meeting that is one's own the attendees are told. Raises RuntimeError for an unsaved one."""
        return await self._awaited(self._it.delete)

    def get_body_soup(self) -> BeautifulSoup | None:
        """The body for BeautifulSoup; None when it is no HTML."""
        return self._given(self._it.get_body_soup)

    def get_body_text(self) -> str:
        """The body without HTML."""
        return self._given(self._it.get_body_text)

    def get_occurrences(
        self,
        start: Any,
        end: Any,
        *,
        limit: int | None = None,
        query: Any = None,
        order_by: str | None = None,
        batch: int | None = None,
    ) -> Listing[Event]:
        """The occurrences of a series between two times; none of an event that is no series."""
        return self._listed(
            self._it.get_occurrences, start, end, limit=limit, query=query, order_by=order_by, batch=batch
        )

    async def save(self) -> bool:
        """Create it, or send what was changed. Raises ValueError for a new one without a start."""
        return await self._awaited(self._it.save)

    def to_api_data(self, restrict_keys: Collection[str] | None = None) -> Json:
        """The event as JSON: all of it, or only some keys."""
        return self._given(self._it.to_api_data, restrict_keys)
