"""What a mailbox is set to: replies, time zone, language, working hours, formats.

Source: Microsoft Graph, mailboxSettings. What is given of a part leaves its other members as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from zoneinfo import available_timezones

from tzlocal.windows_tz import win_tz

from postroom.errors import Invalid
from postroom.workspace.clock import moment
from postroom.workspace.people import Person
from postroom.workspace.query.memory import page_of
from postroom.workspace.query.page import Page
from postroom.workspace.query.zones import zone
from postroom.workspace.schema.check import checked
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store import ids
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import Unit
from postroom.workspace.workloads.items.wish import PLAIN, Document, Wish
from postroom.workspace.workloads.mail import autoreply, languages, places
from postroom.workspace.workloads.mail.core import Core
from postroom.workspace.workloads.mail.kinds import SETTINGS

READ_ONLY: Final = ("archiveFolder", "userPurpose")
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday")


class Settings:
    def __init__(self, core: Core) -> None:
        self._core = core

    def get(self, mailbox: str) -> Document:
        places.prepare(self._core, mailbox)
        person = self._core.person(mailbox)
        with self._core.store.read() as unit:
            return self._shown(unit, mailbox, person)

    def update(self, mailbox: str, given: Mapping[str, Any]) -> Document:
        """Raises Invalid."""
        places.prepare(self._core, mailbox)
        person = self._core.person(mailbox)
        changes = checked(SCHEMA.complex("mailboxSettings"), dict(given), read_only=READ_ONLY, partial=True)
        changes.pop("@odata.type", None)
        with self._core.store.write() as unit:
            item = _item(unit, mailbox)
            old = item.document if item else {}
            whole = _checked(_merged(_defaults(unit, person) | old, changes))
            if whole["automaticRepliesSetting"] != old.get("automaticRepliesSetting"):
                # From now on everybody is answered once more.
                whole["automaticRepliesSetting"]["_since"] = moment(unit.now)
            kept = {name: whole[name] for name in (*old, *changes) if name in whole}
            if item is None:
                unit.items.add(mailbox, SETTINGS, None, kept)
            else:
                unit.items.update(item, kept)
            return self._shown(unit, mailbox, person)

    def languages(self, wish: Wish = PLAIN) -> Page:
        """All that may be chosen."""
        return page_of(languages.ALL, wish.options, SCHEMA.complex("localeInfo"), None, 1000)

    def time_zones(self, *, iana: bool, wish: Wish = PLAIN) -> Page:
        """All that may be chosen, in one of two standards."""
        names = sorted(available_timezones()) if iana else sorted(win_tz)
        rows = [{"alias": name, "displayName": name} for name in names]
        return page_of(rows, wish.options, SCHEMA.complex("timeZoneInformation"), None, 1000)

    def _shown(self, unit: Unit, mailbox: str, person: Person) -> Document:
        item = _item(unit, mailbox)
        whole = _defaults(unit, person) | (item.document if item else {})
        replies = {name: one for name, one in whole["automaticRepliesSetting"].items() if not name.startswith("_")}
        archive = places.known(unit, mailbox, "archive")
        return whole | {"automaticRepliesSetting": replies, "archiveFolder": ids.immutable(archive)}


def _item(unit: Unit, mailbox: str) -> Item | None:
    return next(iter(unit.items.roots(mailbox, SETTINGS)), None)


def values(unit: Unit, person: Person) -> Document:
    """What the mailbox of somebody is set to, whether it has folders or not."""
    item = _item(unit, person.id)
    return _defaults(unit, person) | (item.document if item else {})


def _defaults(unit: Unit, person: Person) -> Document:
    today = unit.now.replace(minute=0, second=0, microsecond=0)
    return {
        "archiveFolder": None,
        "timeZone": "UTC",
        "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
        "dateFormat": "yyyy-MM-dd",
        "timeFormat": "HH:mm",
        "userPurpose": "user",
        "automaticRepliesSetting": {
            "status": "disabled",
            "externalAudience": "none",
            "internalReplyMessage": "",
            "externalReplyMessage": "",
            "scheduledStartDateTime": _at(today),
            "scheduledEndDateTime": _at(today + timedelta(days=1)),
        },
        "language": languages.named(person.language),
        "workingHours": {
            "daysOfWeek": list(_DAYS),
            "startTime": "08:00:00.0000000",
            "endTime": "17:00:00.0000000",
            "timeZone": {"name": "UTC"},
        },
    }


def _at(moment: Any) -> Document:
    return {"dateTime": f"{moment:%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": "UTC"}


def _merged(old: Document, changes: Document) -> Document:
    parts = {
        name: {**old[name], **{key: one for key, one in value.items() if one is not None}}
        if isinstance(value, dict) and isinstance(old.get(name), dict)
        else value
        for name, value in changes.items()
        if value is not None
    }
    return old | parts


def _checked(whole: Document) -> Document:
    _zone("timeZone", whole["timeZone"])
    hours = whole["workingHours"].get("timeZone") or {}
    _zone("workingHours/timeZone", str(hours.get("name") or "UTC"))
    locale = str((whole.get("language") or {}).get("locale") or "")
    found = next((one for one in languages.ALL if one["locale"].lower() == locale.lower()), None)
    if found is None:
        raise Invalid("language/locale", f"a language such as en-US, not {locale!r}")
    replies = dict(whole["automaticRepliesSetting"])
    for name in ("scheduledStartDateTime", "scheduledEndDateTime"):
        _zone(f"automaticRepliesSetting/{name}", str((replies.get(name) or {}).get("timeZone") or "UTC"))
        _check_moment(f"automaticRepliesSetting/{name}", replies.get(name))
    return whole | {"language": found, "automaticRepliesSetting": replies}


def _check_moment(field: str, value: Mapping[str, Any] | None) -> None:
    """What cannot be compared with the time of a message would stop all delivery to this mailbox."""
    try:
        autoreply.moment(value)
    except (ValueError, KeyError, OverflowError) as error:
        raise Invalid(field, "a date and time such as 2024-01-31T10:00:00") from error


def _zone(field: str, name: str) -> None:
    if zone(name) is None:
        raise Invalid(field, f"the name of a time zone, not {name!r}")
