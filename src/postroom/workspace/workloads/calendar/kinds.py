"""The kinds of items that calendars consist of, and which of their properties are columns."""

from __future__ import annotations

from typing import Final

from postroom.workspace.store.kinds import Column, Kind

GROUP: Final = "calendarGroup"
CALENDAR: Final = "calendar"
EVENT: Final = "event"
EXCEPTION: Final = "eventException"
"""An occurrence that was changed; Graph shows it as an event."""

PERMISSION: Final = "calendarPermission"

CONTENTS: Final = frozenset({
    "body", "bodypreview", "attachments", "extensions", "singlevalueextendedproperties", "multivalueextendedproperties",
})  # fmt: skip
"""What is in an event, in lower case. Source: Microsoft Graph permissions reference, Calendars.ReadBasic."""

_NAME: Final = (Column("name", "name", "text"),)
KINDS: Final = (
    Kind(GROUP, "calendar_folder", _NAME),
    Kind(CALENDAR, "calendar_folder", _NAME),
    Kind(
        EVENT,
        "event",
        (
            Column("start", "start/dateTime", "instant"),
            Column("finish", "end/dateTime", "instant"),
            Column("subject", "subject", "text"),
            Column("type", "type", "text"),
            Column("is_all_day", "isAllDay", "flag"),
            Column("is_cancelled", "isCancelled", "flag"),
            Column("is_organizer", "isOrganizer", "flag"),
            Column("show_as", "showAs", "text"),
            Column("sensitivity", "sensitivity", "text"),
            Column("importance", "importance", "text"),
            Column("organizer", "organizer/emailAddress/address", "text"),
            Column("has_attachments", "hasAttachments", "flag"),
            Column("is_reminder_on", "isReminderOn", "flag"),
            Column("ical_uid", "iCalUId", "text"),
            Column("transaction_id", "transactionId", "text"),
        ),
    ),
    Kind(EXCEPTION),
    Kind(PERMISSION),
)
