"""Events as iCalendar and back: what programs send is understood, what we send says the same, within bounds."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st
from icalendar import vRecur

from postroom.workspace.icalendar import Calendar, Entry, NoSuchRule, Unreadable, day_in, read, rules, write
from postroom.workspace.recurrence.days import days
from postroom.workspace.recurrence.given import rule_of

OUTLOOK = b"""BEGIN:VCALENDAR\r
METHOD:REQUEST\r
PRODID:Microsoft Exchange Server 2010\r
VERSION:2.0\r
BEGIN:VTIMEZONE\r
TZID:%(tzid)s\r
BEGIN:STANDARD\r
DTSTART:16010101T030000\r
TZOFFSETFROM:+0200\r
TZOFFSETTO:+0100\r
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\r
END:STANDARD\r
BEGIN:DAYLIGHT\r
DTSTART:16010101T020000\r
TZOFFSETFROM:+0100\r
TZOFFSETTO:+0200\r
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\r
END:DAYLIGHT\r
END:VTIMEZONE\r
BEGIN:VEVENT\r
ORGANIZER;CN=Ada:MAILTO:ada@out.example\r
ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN="Byron, A":mailto:byron@here.example\r
ATTENDEE;ROLE=OPT-PARTICIPANT;PARTSTAT=TENTATIVE:mailto:eve@here.example\r
ATTENDEE;CUTYPE=RESOURCE;PARTSTAT=ACCEPTED:mailto:room@here.example\r
DESCRIPTION;LANGUAGE=de-DE:Hello\\, all\\n\r
X-ALT-DESC;FMTTYPE=text/html:<p>Hello\\, <b>all</b></p>\r
UID:040000008200E00074C5B7101A82E008\r
SUMMARY;LANGUAGE=de-DE:Planning \\; part\r
  two\r
DTSTART;TZID=%(tzid)s:20260701T090000\r
DTEND;TZID=%(tzid)s:20260701T100000\r
RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=WE,MO;WKST=SU;UNTIL=20260930T070000Z\r
EXDATE;TZID=%(tzid)s:20260713T090000,20260715T090000\r
CLASS:PRIVATE\r
PRIORITY:1\r
DTSTAMP:20260601T120000Z\r
TRANSP:OPAQUE\r
STATUS:CONFIRMED\r
SEQUENCE:2\r
LOCATION:Room 5\r
CATEGORIES:Red,Blue\r
X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE\r
X-MICROSOFT-CDO-INTENDEDSTATUS:OOF\r
X-MICROSOFT-DISALLOW-COUNTER:FALSE\r
BEGIN:VALARM\r
TRIGGER;RELATED=START:-PT15M\r
ACTION:DISPLAY\r
END:VALARM\r
END:VEVENT\r
END:VCALENDAR\r
"""


def outlook(tzid: bytes) -> Calendar:
    quoted = OUTLOOK.replace(b"TZID=%(tzid)s", b'TZID="%(tzid)s"') if b":" in tzid else OUTLOOK
    return read(quoted.replace(b"%(tzid)s", tzid))


def event(*lines: str) -> bytes:
    return "\r\n".join(("BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:u", *lines, "END:VEVENT", "END:VCALENDAR", "")).encode()


def test_a_meeting_request_of_outlook_is_understood_in_full() -> None:
    found = outlook(b"W. Europe Standard Time")
    (entry,), document = found.entries, found.entries[0].document
    assert (found.method, found.skipped, entry.sequence) == ("REQUEST", (), 2)
    assert document["subject"] == "Planning ; part two"
    assert document["body"] == {"contentType": "html", "content": "<p>Hello, <b>all</b></p>"}
    assert entry.text == "Hello, all"
    assert document["start"] == {"dateTime": "2026-07-01T09:00:00.0000000", "timeZone": "W. Europe Standard Time"}
    assert document["organizer"]["emailAddress"] == {"name": "Ada", "address": "ada@out.example"}
    assert [(one["type"], one["status"]["response"]) for one in document["attendees"]] == [
        ("required", "none"), ("optional", "tentativelyAccepted"), ("resource", "accepted"),
    ]  # fmt: skip
    assert (document["showAs"], document["sensitivity"], document["importance"]) == ("oof", "private", "high")
    assert (document["isReminderOn"], document["reminderMinutesBeforeStart"]) == (True, 15)
    assert document["categories"] == ["Red", "Blue"]
    assert document["recurrence"]["pattern"] == {
        "type": "weekly", "interval": 2, "daysOfWeek": ["monday", "wednesday"], "firstDayOfWeek": "sunday",
        "month": 0, "dayOfMonth": 0, "index": "first",
    }  # fmt: skip
    # 07:00 UTC is 09:00 there: the last day counts.
    assert document["recurrence"]["range"]["endDate"] == "2026-09-30"
    assert [day_in(one, ZoneInfo("Europe/Berlin")) for one in entry.excluded] == [date(2026, 7, 13), date(2026, 7, 15)]


@pytest.mark.parametrize("tzid", [b"(UTC+01:00) Amsterdam, Berlin", b"Customized Time Zone", b"/x.org/Europe/Berlin"])
def test_a_zone_with_a_name_of_its_own_is_found_by_what_its_definition_says(tzid: bytes) -> None:
    start = outlook(tzid).entries[0].document["start"]
    found = ZoneInfo("Europe/Berlin") if start["timeZone"] == "Europe/Berlin" else None
    assert found or start["timeZone"].endswith("Standard Time")
    assert start["dateTime"] == "2026-07-01T09:00:00.0000000"


def test_a_zone_like_no_other_gives_times_in_utc_and_an_unknown_one_skips_the_event() -> None:
    odd = OUTLOOK.replace(b"%(tzid)s", b"Odd").replace(b"TZOFFSETTO:+0200", b"TZOFFSETTO:+0213")
    assert read(odd).entries[0].document["start"] == {"dateTime": "2026-07-01T06:47:00.0000000", "timeZone": "UTC"}
    skipped = read(event("DTSTART;TZID=Nowhere:20260701T090000", "SUMMARY:Lost")).skipped
    assert skipped == ("Lost: a time zone that is known, not 'Nowhere'",)


MEETING: dict[str, Any] = {
    "subject": "Äpfel, Birnen; und\nmehr",
    "body": {"contentType": "html", "content": "<p>Bring, them;</p>"},
    "start": {"dateTime": "2026-03-02T15:00:00.0000000", "timeZone": "UTC"},
    "end": {"dateTime": "2026-03-02T16:30:00.0000000", "timeZone": "UTC"},
    "originalStartTimeZone": "Pacific Standard Time",
    "originalEndTimeZone": "Pacific Standard Time",
    "isAllDay": False,
    "location": {"displayName": "Hall, 2"},
    "importance": "low",
    "sensitivity": "confidential",
    "showAs": "workingElsewhere",
    "categories": ["a,b", "c"],
    "isReminderOn": True,
    "reminderMinutesBeforeStart": 90,
    "isCancelled": False,
    "allowNewTimeProposals": False,
    "responseRequested": True,
    "organizer": {"emailAddress": {"name": "O", "address": "o@here.example"}},
    "attendees": [
        {"type": "required", "status": {"response": "declined", "time": "2026-02-01T00:00:00Z"},
         "emailAddress": {"name": 'A "quoted", name', "address": "a@here.example"}},
        {"type": "resource", "status": {"response": "none", "time": "0001-01-01T00:00:00Z"},
         "emailAddress": {"name": "r@here.example", "address": "r@here.example"}},
    ],
}  # fmt: skip


def test_what_is_written_is_read_as_it_was() -> None:
    stamp = datetime(2026, 2, 1, tzinfo=UTC)
    original = datetime(2026, 3, 2, 15, tzinfo=UTC)
    entry = Entry("uid-1", MEETING, 3, stamp, original, text="Bring, them;", comment="See; you")
    raw = write(Calendar("REQUEST", (entry,)))
    assert max(map(len, raw.split(b"\r\n"))) <= 75
    (back,) = read(raw).entries
    wanted = {name: one for name, one in MEETING.items() if not name.startswith("original")}
    wanted["start"] = {"dateTime": "2026-03-02T07:00:00.0000000", "timeZone": "Pacific Standard Time"}
    wanted["end"] = {"dateTime": "2026-03-02T08:30:00.0000000", "timeZone": "Pacific Standard Time"}
    assert back.document == wanted
    assert (back.uid, back.sequence, back.stamp, back.original) == ("uid-1", 3, stamp, original)
    assert (back.text, back.comment) == ("Bring, them;", "See; you")


def test_a_definition_that_is_written_tells_others_the_offsets_of_the_zone() -> None:
    for name in ("Pacific Standard Time", "Europe/Berlin", "Australia/Sydney", "Asia/Kolkata", "Africa/Casablanca"):
        raw = write(Calendar("", (Entry("u", MEETING | {"originalStartTimeZone": name}),)))
        # Under a name that says nothing only the definition is left to understand the times by.
        renamed = raw.replace(f"TZID:{name}".encode(), b"TZID:Own").replace(f"TZID={name}".encode(), b"TZID=Own")
        start = read(renamed).entries[0].document["start"]
        zone = ZoneInfo("UTC") if start["timeZone"] == "UTC" else None
        if name != "Africa/Casablanca":
            assert zone is None, name
            same = read(raw).entries[0].document["start"]["dateTime"]
            assert start["dateTime"] == same, name


def test_whole_days_have_no_zone() -> None:
    whole = MEETING | {"isAllDay": True, "start": {"dateTime": "2026-03-02T00:00:00.0000000", "timeZone": "UTC"},
                       "end": {"dateTime": "2026-03-04T00:00:00.0000000", "timeZone": "UTC"}}  # fmt: skip
    raw = write(Calendar("", (Entry("u", whole),)))
    assert b"DTSTART;VALUE=DATE:20260302\r\n" in raw
    assert b"VTIMEZONE" not in raw
    (back,) = read(raw).entries
    assert (back.document["start"], back.document["end"]) == (whole["start"], whole["end"])


DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
PATTERNS = st.one_of(
    st.fixed_dictionaries({"type": st.just("daily")}),
    st.fixed_dictionaries({
        "type": st.just("weekly"),
        "daysOfWeek": st.sets(st.sampled_from(DAYS), min_size=1).map(lambda found: sorted(found, key=DAYS.index)),
        "firstDayOfWeek": st.sampled_from(DAYS),
    }),
    st.fixed_dictionaries({"type": st.just("absoluteMonthly"), "dayOfMonth": st.integers(1, 31)}),
    st.fixed_dictionaries({
        "type": st.just("absoluteYearly"), "dayOfMonth": st.integers(1, 28), "month": st.integers(1, 12),
    }),
    st.fixed_dictionaries({
        "type": st.sampled_from(["relativeMonthly", "relativeYearly"]),
        "daysOfWeek": st.sets(st.sampled_from(DAYS), min_size=1).map(lambda found: sorted(found, key=DAYS.index)),
        "index": st.sampled_from(["first", "second", "third", "fourth", "last"]),
        "month": st.integers(1, 12),
    }),
)  # fmt: skip


@given(PATTERNS, st.integers(1, 4), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_a_rule_names_the_days_of_its_pattern_for_dateutil_and_comes_back_as_the_pattern(
    pattern: dict[str, Any], interval: int, begin: date
) -> None:
    recurrence = {"pattern": {**pattern, "interval": interval}, "range": {"type": "noEnd", "startDate": str(begin)}}
    rule = rules.written(recurrence, UTC, None)
    ours = rule_of(recurrence, begin, 1000)
    wanted = [date.fromordinal(day) for day, _ in zip(days(ours), range(12), strict=False)]
    # RFC 5545 leaves open what a start is that no rule names: begin where the first occurrence does.
    start = datetime.combine(wanted[0], datetime.min.time())
    text = bytes(rule.to_ical()).decode()  # type: ignore[no-untyped-call]
    theirs = rrulestr(text, dtstart=start)
    if pattern["type"] == "weekly" or interval == 1 or wanted[0] == begin:
        assert [one.date() for one, _ in zip(theirs, range(12), strict=False)] == wanted
    back = rules.read(vRecur.from_ical(text), begin)["pattern"]
    names = set(pattern) - ({"month"} if pattern["type"] == "relativeMonthly" else set())
    assert {name: back[name] for name in names} | {"interval": back["interval"]} == {
        name: pattern[name] for name in names
    } | {"interval": interval}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=DAILY;BYDAY=MO,TU", {"type": "weekly", "daysOfWeek": ["monday", "tuesday"]}),
        ("FREQ=WEEKLY", {"type": "weekly", "daysOfWeek": ["saturday"], "firstDayOfWeek": "monday"}),
        ("FREQ=MONTHLY", {"type": "absoluteMonthly", "dayOfMonth": 31}),
        ("FREQ=MONTHLY;BYDAY=-1FR", {"type": "relativeMonthly", "index": "last", "daysOfWeek": ["friday"]}),
        ("FREQ=YEARLY", {"type": "absoluteYearly", "dayOfMonth": 31, "month": 1}),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", {"type": "relativeYearly", "index": "fourth", "month": 11}),
    ],
)
def test_what_a_rule_leaves_out_is_said_by_its_start(rule: str, expected: dict[str, Any]) -> None:
    found = rules.read(vRecur.from_ical(rule), date(2026, 1, 31))["pattern"]
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    "rule",
    ["FREQ=HOURLY", "FREQ=DAILY;BYHOUR=1,2", "FREQ=MONTHLY;BYMONTHDAY=1,15", "FREQ=MONTHLY;BYDAY=MO",
     "FREQ=YEARLY;BYWEEKNO=3",     "FREQ=MONTHLY;BYDAY=5MO", "FREQ=WEEKLY;INTERVAL=0", "FREQ=YEARLY;BYMONTH=1,2",
     "FREQ=MONTHLY;BYDAY=-2FR",
     "FREQ=DAILY;UNTIL=202609", "COUNT=3"],
)  # fmt: skip
def test_a_rule_that_no_pattern_can_say_is_refused_and_never_bent(rule: str) -> None:
    with pytest.raises(NoSuchRule):
        rules.read(vRecur.from_ical(rule), date(2026, 1, 31))
    found = read(event("DTSTART:20260131T090000Z", f"RRULE:{rule}"))
    assert not found.entries
    assert len(found.skipped) == 1


@pytest.mark.parametrize("broken", [
    "DTSTART:99999999T000000", "DTSTART:20260101T000000\r\nDTEND:20250101T000000", "SUMMARY:no start",
    "DTSTART:20260101T000000Z\r\nDURATION:PT99999999999999H\r\nEXDATE:x", "DTSTART;VALUE=PERIOD:20260101T000000Z/PT1H",
    "DTSTART:20260101T000000Z\r\nRRULE:FREQ=WEEKLY;BYDAY=XX", "DTSTART;TZID=" + "x/" * 5000 + ":20260101T000000",
])  # fmt: skip
def test_a_broken_event_is_skipped_or_read_without_what_is_broken_and_spoils_no_other(broken: str) -> None:
    good = event("DTSTART:20260101T090000Z", "SUMMARY:good").decode()
    both = good.replace("BEGIN:VEVENT", f"BEGIN:VEVENT\r\nUID:b\r\n{broken}\r\nEND:VEVENT\r\nBEGIN:VEVENT", 1)
    found = read(both.encode())
    assert found.entries[-1].document["subject"] == "good"
    assert len(found.entries) + len(found.skipped) == 2


def test_hostile_texts_are_refused_or_read_in_bounded_time() -> None:
    begin = time.monotonic()
    nested = b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 100_000
    many = b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 30_000 + b"END:VCALENDAR\r\n"
    for raw in (b"", b"\xff\xfe\0garbage", nested, many, b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n",
                b"BEGIN:VCALENDAR\r\nX" + b";A=b" * 10_000 + b":x", b"BEGIN:VCALENDAR\r\nX:" + b"y" * (2 << 20),
                b"x" * (17 << 20)):  # fmt: skip
        with pytest.raises(Unreadable):
            read(raw)
    # The rules of a definition are never counted through: one of every second since 1601 costs nothing.
    endless = OUTLOOK.replace(b"%(tzid)s", b"Own").replace(b"FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU", b"FREQ=SECONDLY")
    assert read(endless).entries
    crowd = "\r\n".join(f"ATTENDEE:mailto:a{number}@x.example" for number in range(4900))
    (entry,) = read(event("DTSTART:20260101T000000Z", crowd)).entries
    assert len(entry.document["attendees"]) == 1000
    assert time.monotonic() - begin < 20
