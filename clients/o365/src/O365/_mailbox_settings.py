"""Settings of a mailbox: automatic replies, time zone, working hours."""

from __future__ import annotations

import copy
import datetime as dt
from enum import Enum
from typing import Any, ClassVar, TypeVar, cast

from O365._attributes import Attribute, Field, Json, Resource, text
from O365._component import ApiComponent
from O365._dates import aware

M = TypeVar("M", bound=Enum)


class AutoReplyStatus(Enum):
    DISABLED = "disabled"
    ALWAYSENABLED = "alwaysEnabled"
    SCHEDULED = "scheduled"


class ExternalAudience(Enum):
    NONE = "none"
    CONTACTSONLY = "contactsOnly"
    ALL = "all"


def _member(kind: type[M], told: str | None, missing: M) -> M:
    """The member of a value in any casing: Outlook REST begins with a capital."""
    return next((one for one in kind if one.value.lower() == str(told).lower()), missing)


def _accept_time(name: str) -> Any:
    def accept(settings: Resource, given: Any) -> dt.datetime:
        if not isinstance(given, dt.date):
            raise ValueError(f"'{name}' must be a valid datetime object, not {given!r}")  # noqa: TRY004 - documented
        return aware(given, settings.protocol.timezone).astimezone(settings.protocol.timezone)

    return accept


def _time(key: str, name: str) -> Field[dt.datetime | None]:
    return Field(
        key,
        lambda settings, told: settings._parse_date_time_time_zone(told),
        _accept_time(name),
        write=lambda settings, when: when and settings._build_date_time_time_zone(when),
    )


class AutomaticRepliesSettings(Resource):
    """What the mailbox answers while its owner is away, to whom, and when."""

    status = Field(
        "status",
        lambda _, told: _member(AutoReplyStatus, told, AutoReplyStatus.DISABLED),
        lambda _, given: AutoReplyStatus(given),
        write=lambda _, status: status.value,
    )
    external_audience = Field(
        "externalAudience",
        lambda _, told: _member(ExternalAudience, told, ExternalAudience.ALL),
        lambda _, given: ExternalAudience(given),
        write=lambda _, audience: audience.value,
    )
    scheduled_startdatetime = _time("scheduledStartDateTime", "scheduled_startdatetime")
    scheduled_enddatetime = _time("scheduledEndDateTime", "scheduled_enddatetime")
    internal_reply_message = text("internalReplyMessage")
    external_reply_message = text("externalReplyMessage")

    def to_api_data(self) -> Json:
        """The settings as JSON; the times belong to scheduled replies only."""
        keys = ["status", "externalAudience", "internalReplyMessage", "externalReplyMessage"]
        if self.status is AutoReplyStatus.SCHEDULED:
            times = {
                "scheduledStartDateTime": self.scheduled_startdatetime,
                "scheduledEndDateTime": self.scheduled_enddatetime,
            }
            keys += [key for key, time in times.items() if time is not None]
        return self._json(keys, known=True)


def _read_replies(settings: MailboxSettings, told: Json | None) -> AutomaticRepliesSettings:
    return settings.autoreply_constructor(parent=settings, **{settings._cloud_data_key: told or {}})


class MailboxSettings(Resource):
    """Settings of a mailbox. `timezone` is a name, of Windows or IANA; `workinghours` is the JSON of Graph:
    `{daysOfWeek, startTime, endTime, timeZone: {name}}`.
    """

    _endpoints: ClassVar[dict[str, str]] = {"settings": "/mailboxSettings"}
    autoreply_constructor = AutomaticRepliesSettings

    automaticrepliessettings = Attribute("automaticRepliesSetting", _read_replies)
    timezone = text("timeZone")
    # A copy: what a program changes within it must be seen as a change.
    workinghours: Attribute[Any] = Attribute("workingHours", lambda _, told: copy.deepcopy(told) if told else {})

    def save(self) -> bool:
        """Send the automatic replies, and what was changed of the rest."""
        data: Json = {}
        if self._told("automaticRepliesSetting") is not None or "automaticrepliessettings" in self.__dict__:
            data[self._cc("automaticRepliesSetting")] = self.automaticrepliessettings.to_api_data()
        for key, now in (("timeZone", self.timezone), ("workingHours", self.workinghours)):
            if now and now != self._told(key):
                data[self._cc(key)] = now
        if not data:
            return True
        response = self.con.patch(self.build_url(self._endpoints["settings"]), data=data)
        if not response:
            return False
        self._cloud = {**self._cloud, **copy.deepcopy(data)}
        return True


class SettingsMixin(ApiComponent):
    """The settings that a mailbox has."""

    mailbox_settings_constructor = MailboxSettings

    def get_settings(self) -> MailboxSettings:
        """The settings of the mailbox; an empty iterator when they are refused and errors are not raised."""
        return self._settings() or cast(MailboxSettings, iter(()))

    def set_automatic_reply(
        self,
        internal_text: str,
        external_text: str,
        scheduled_start_date_time: dt.datetime | None = None,
        scheduled_end_date_time: dt.datetime | None = None,
        externalAudience: ExternalAudience = ExternalAudience.ALL,
    ) -> bool:
        """Answer automatically, always or between two times. Raises ValueError when only one of them is given."""
        scheduled = [time is not None for time in (scheduled_start_date_time, scheduled_end_date_time)]
        if any(scheduled) and not all(scheduled):
            raise ValueError("scheduled_start_date_time and scheduled_end_date_time: both or none must be given")
        settings = self._settings()
        if settings is None:
            return False
        replies = settings.automaticrepliessettings
        replies.internal_reply_message, replies.external_reply_message = internal_text, external_text
        replies.external_audience = externalAudience
        if all(scheduled):
            replies.scheduled_startdatetime = scheduled_start_date_time
            replies.scheduled_enddatetime = scheduled_end_date_time
        replies.status = AutoReplyStatus.SCHEDULED if all(scheduled) else AutoReplyStatus.ALWAYSENABLED
        return settings.save()

    def set_disable_reply(self) -> bool:
        """Answer no more."""
        settings = self._settings()
        if settings is None:
            return False
        settings.automaticrepliessettings.status = AutoReplyStatus.DISABLED
        return settings.save()

    def _settings(self) -> MailboxSettings | None:
        response = self.con.get(self.build_url(self.mailbox_settings_constructor._endpoints["settings"]), params={})
        if not response:
            return None
        return self.mailbox_settings_constructor(parent=self, **{self._cloud_data_key: response.json()})
