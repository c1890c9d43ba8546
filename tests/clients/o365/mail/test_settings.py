"""Settings of a mailbox."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.clients.o365.mail.doubles import REFUSED, Answer, Recorder

from O365.mailbox import AutoReplyStatus, ExternalAudience, MailBox, MailboxSettings

ZONE = "W. Europe Standard Time"
REPLIES: dict[str, Any] = {
    "status": "scheduled",
    "externalAudience": "contactsOnly",
    "internalReplyMessage": "in",
    "externalReplyMessage": "out",
    "scheduledStartDateTime": {"dateTime": "2026-01-01T00:00:00.0000000", "timeZone": "UTC"},
    "scheduledEndDateTime": {"dateTime": "2026-01-02T00:00:00.0000000", "timeZone": "UTC"},
}
SENT = {
    **REPLIES,
    "scheduledStartDateTime": {"dateTime": "2026-01-01T01:00:00", "timeZone": ZONE},
    "scheduledEndDateTime": {"dateTime": "2026-01-02T01:00:00", "timeZone": ZONE},
}
HOURS = {"daysOfWeek": ["monday"], "startTime": "08:00:00", "endTime": "17:00:00", "timeZone": {"name": ZONE}}
TOLD = {"timeZone": ZONE, "workingHours": HOURS, "automaticRepliesSetting": REPLIES}


@pytest.fixture
def settings(con: Recorder, mailbox: MailBox) -> MailboxSettings:
    con.will(Answer(TOLD))
    found: MailboxSettings = mailbox.get_settings()
    con.calls.clear()
    return found


def test_the_settings_of_a_mailbox(con: Recorder, mailbox: MailBox) -> None:
    con.will(Answer(TOLD))
    settings = mailbox.get_settings()
    replies = settings.automaticrepliessettings
    assert con.asked == [("get", "/me/mailboxSettings")]
    assert (settings.timezone, settings.workinghours) == (ZONE, HOURS)
    assert (replies.status, replies.external_audience) == (AutoReplyStatus.SCHEDULED, ExternalAudience.CONTACTSONLY)
    assert (replies.internal_reply_message, replies.external_reply_message) == ("in", "out")
    assert replies.scheduled_startdatetime == dt.datetime(2026, 1, 1, 1, tzinfo=ZoneInfo("Europe/Berlin"))


def test_settings_that_are_refused_are_nothing(con: Recorder, mailbox: MailBox) -> None:
    con.will(REFUSED)
    refused: Any = mailbox.get_settings()
    assert list(refused) == []


def test_bug_settings_without_automatic_replies_are_read(con: Recorder, mailbox: MailBox) -> None:
    con.will(Answer({"timeZone": ZONE}))
    settings = mailbox.get_settings()
    assert settings.automaticrepliessettings.status is AutoReplyStatus.DISABLED
    assert settings.timezone == ZONE


def test_automatic_replies_are_saved(con: Recorder, settings: MailboxSettings) -> None:
    assert settings.save()
    assert con.asked == [("patch", "/me/mailboxSettings")]
    assert con.last.data == {"automaticRepliesSetting": SENT}


def test_times_go_only_with_scheduled_replies(con: Recorder, settings: MailboxSettings) -> None:
    settings.automaticrepliessettings.status = AutoReplyStatus.ALWAYSENABLED
    settings.automaticrepliessettings.external_audience = "all"
    assert settings.save()
    assert con.last.data["automaticRepliesSetting"] == {
        "status": "alwaysEnabled",
        "externalAudience": "all",
        "internalReplyMessage": "in",
        "externalReplyMessage": "out",
    }


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (dt.datetime(2026, 3, 3, 9), "2026-03-03T09:00:00"),
        (dt.date(2026, 3, 3), "2026-03-03T00:00:00"),
        (dt.datetime(2026, 3, 3, 9, tzinfo=dt.UTC), "2026-03-03T10:00:00"),
        (dt.datetime(2026, 3, 3, 9, tzinfo=dt.timezone(dt.timedelta(hours=-5))), "2026-03-03T15:00:00"),
    ],
)
def test_times_of_any_kind(con: Recorder, settings: MailboxSettings, given: dt.date, sent: str) -> None:
    settings.automaticrepliessettings.scheduled_startdatetime = given
    settings.automaticrepliessettings.scheduled_enddatetime = dt.date(2026, 4, 4)
    assert settings.save()
    start = con.last.data["automaticRepliesSetting"]["scheduledStartDateTime"]
    assert start == {"dateTime": sent, "timeZone": ZONE}


@pytest.mark.parametrize(
    ("name", "value"),
    [("status", "sometimes"), ("external_audience", "friends"), ("scheduled_startdatetime", None)],
)
def test_what_does_not_fit_is_refused(settings: MailboxSettings, name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=str(value)):
        setattr(settings.automaticrepliessettings, name, value)


def test_bug_time_zone_and_working_hours_are_saved_when_they_were_changed(
    con: Recorder, settings: MailboxSettings
) -> None:
    settings.timezone = "Pacific Standard Time"
    settings.workinghours["endTime"] = "16:00:00"
    assert settings.save()
    assert con.last.data["timeZone"] == "Pacific Standard Time"
    assert con.last.data["workingHours"] == {**HOURS, "endTime": "16:00:00"}
    assert settings.save()
    assert con.last.data.keys() == {"automaticRepliesSetting"}


def test_changes_that_were_refused_are_saved_the_next_time(con: Recorder, settings: MailboxSettings) -> None:
    settings.timezone = "UTC"
    con.will(REFUSED)
    assert settings.save() is False
    assert settings.save() is True
    assert con.last.data["timeZone"] == "UTC"


def test_what_was_not_told_and_not_changed_is_not_sent(con: Recorder, mailbox: MailBox) -> None:
    con.will(Answer({"timeZone": ZONE}))
    assert mailbox.get_settings().save()
    assert [call.method for call in con.calls] == ["get"]


# In one go.


def test_replying_always(con: Recorder, mailbox: MailBox) -> None:
    con.will(Answer(TOLD))
    assert mailbox.set_automatic_reply("Internal", "External")
    assert con.last.data["automaticRepliesSetting"] == {
        "status": "alwaysEnabled",
        "externalAudience": "all",
        "internalReplyMessage": "Internal",
        "externalReplyMessage": "External",
    }


def test_replying_between_two_times(con: Recorder, mailbox: MailBox) -> None:
    con.will(Answer(TOLD))
    start, end = dt.datetime(2026, 3, 3), dt.datetime(2026, 3, 4)
    assert mailbox.set_automatic_reply(
        "Internal",
        "External",
        scheduled_start_date_time=start,
        scheduled_end_date_time=end,
        externalAudience=ExternalAudience.NONE,
    )
    sent = con.last.data["automaticRepliesSetting"]
    assert (sent["status"], sent["externalAudience"]) == ("scheduled", "none")
    assert sent["scheduledEndDateTime"] == {"dateTime": "2026-03-04T00:00:00", "timeZone": ZONE}


@pytest.mark.parametrize("given", ["scheduled_start_date_time", "scheduled_end_date_time"])
def test_one_time_alone_is_refused_before_anything_is_asked(con: Recorder, mailbox: MailBox, given: str) -> None:
    when: Any = {given: dt.datetime(2026, 3, 3)}
    with pytest.raises(ValueError, match="both or none"):
        mailbox.set_automatic_reply("Internal", "External", **when)
    assert con.calls == []


def test_replying_no_more(con: Recorder, mailbox: MailBox) -> None:
    con.will(Answer(TOLD))
    assert mailbox.set_disable_reply()
    assert con.last.data["automaticRepliesSetting"]["status"] == "disabled"


def test_bug_settings_that_cannot_be_read_cannot_be_changed(con: Recorder, mailbox: MailBox) -> None:
    con.will(REFUSED, REFUSED)
    assert mailbox.set_automatic_reply("Internal", "External") is False
    assert mailbox.set_disable_reply() is False
