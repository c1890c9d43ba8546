from __future__ import annotations

import pytest
from tests.faces.graph.calendar.giving import Document, at, event, recurrence, starts, view, weekly
from tests.faces.graph.graph_server import Client

BERLIN = "W. Europe Standard Time"
NORMALISED = {
    "pattern": {
        "type": "weekly", "interval": 1, "month": 0, "dayOfMonth": 0, "daysOfWeek": ["monday", "thursday"],
        "firstDayOfWeek": "sunday", "index": "first",
    },
    "range": {
        "type": "endDate", "startDate": "2024-03-28", "endDate": "2024-04-04", "recurrenceTimeZone": BERLIN,
        "numberOfOccurrences": 0,
    },
}  # fmt: skip
MARCH = ("2024-03-01T00:00:00Z", "2024-05-01T00:00:00Z")


@pytest.fixture
def master(me: Client) -> Document:
    """Two days a week at nine in Berlin, over the change of clocks of 31 March."""
    given = event(
        "2024-03-26T09:00:00", "2024-03-26T10:00:00", BERLIN, body={"contentType": "text", "content": "Bring cake."}
    )
    given["recurrence"] = weekly("thursday", "monday", type="endDate", endDate="2024-04-04")
    made: Document = me.done("POST", "/me/events", 201, json=given)
    return made


def occurrences(me: Client, master: Document) -> list[Document]:
    path = f"/me/events/{master['id']}/instances"
    found: list[Document] = me.get(view(*MARCH, path))["value"]
    return found


def test_a_series_begins_on_the_next_day_that_its_pattern_names_and_is_shown_whole(
    me: Client, master: Document
) -> None:
    assert master["type"] == "seriesMaster"
    assert master["recurrence"] == NORMALISED
    assert master["start"] == at("2024-03-28T08:00:00.0000000")
    assert master["originalStartTimeZone"] == BERLIN
    assert me.get("/me/events")["value"][0]["id"] == master["id"]


def test_occurrences_keep_their_hour_over_a_change_of_clocks(me: Client, master: Document) -> None:
    found = occurrences(me, master)
    assert starts({"value": found}) == ["2024-03-28T08:00", "2024-04-01T07:00", "2024-04-04T07:00"]
    headers = {"Prefer": f'outlook.timezone="{BERLIN}", outlook.body-content-type="text"'}
    local = me.get(view(*MARCH), headers=headers)["value"]
    assert {one["start"]["dateTime"][11:16] for one in local} == {"09:00"}
    assert {one["start"]["timeZone"] for one in local} == {BERLIN}
    assert {one["type"] for one in local} == {"occurrence"}
    assert {one["seriesMasterId"] for one in local} == {master["id"]}
    assert local[1]["originalStart"] == "2024-04-01T07:00:00Z"
    assert local[1]["recurrence"] is None
    assert local[1]["body"]["content"] == "Bring cake."
    assert len({one["id"] for one in local} | {one["iCalUId"] for one in local}) == 6
    assert [me.get(f"/me/events/{one['id']}", headers=headers) for one in local] == [
        {"@odata.context": me.get(f"/me/events/{one['id']}")["@odata.context"], **one} for one in local
    ]


def test_a_changed_occurrence_keeps_its_id_and_what_it_did_not_change(me: Client, master: Document) -> None:
    _, second, third = occurrences(me, master)
    moved = {"start": at("2024-04-02T12:00:00", BERLIN), "end": at("2024-04-02T13:30:00", BERLIN), "subject": "Moved"}
    changed = me.done("PATCH", f"/me/events/{second['id']}", 200, json=moved)
    assert changed["id"] == second["id"]
    assert changed["type"] == "exception"
    assert changed["originalStart"] == "2024-04-01T07:00:00Z"
    me.done("PATCH", f"/me/events/{master['id']}", 200, json={"subject": "All", "showAs": "tentative"})
    found = occurrences(me, master)
    assert [one["subject"] for one in found] == ["All", "Moved", "All"]
    assert {one["showAs"] for one in found} == {"tentative"}
    assert starts({"value": found})[1] == "2024-04-02T10:00"
    # Out of the window it began in, and into another.
    assert starts(me.get(view("2024-04-01T00:00:00Z", "2024-04-02T00:00:00Z"))) == []
    assert starts(me.get(view("2024-04-02T11:00:00Z", "2024-04-02T11:15:00Z"))) == ["2024-04-02T10:00"]
    listed = me.get(f"/me/events/{master['id']}?$expand=exceptionOccurrences($select=subject)")
    assert [one["subject"] for one in listed["exceptionOccurrences"]] == ["Moved"]
    assert [one["id"] for one in me.get(f"/me/events/{master['id']}/exceptionOccurrences")["value"]] == [second["id"]]
    for start, end in (("2024-04-04T09:00:00", "2024-04-04T10:00:00"), ("2024-03-28T09:00:00", "2024-03-28T10:00:00")):
        beyond = {"start": at(start, BERLIN), "end": at(end, BERLIN)}
        code = me.refused("PATCH", f"/me/events/{second['id']}", json=beyond)
        assert code == (400, "ErrorOccurrenceCrossingBoundary")
    # What lies between may be cancelled.
    me.done("DELETE", f"/me/events/{third['id']}", 204)
    me.done(
        "PATCH",
        f"/me/events/{second['id']}",
        200,
        json={"end": at("2024-04-08T10:00:00"), "start": at("2024-04-08T09:00:00")},
    )
    assert starts({"value": occurrences(me, master)}) == ["2024-03-28T08:00", "2024-04-08T09:00"]


def test_a_deleted_occurrence_is_gone_and_named_by_its_master(me: Client, master: Document) -> None:
    first, second, _ = occurrences(me, master)
    me.done("PATCH", f"/me/events/{second['id']}", 200, json={"subject": "Once"})
    for one in (first, second):
        me.done("DELETE", f"/me/events/{one['id']}", 204)
        assert me.refused("GET", f"/me/events/{one['id']}") == (404, "ErrorItemNotFound")
    assert starts({"value": occurrences(me, master)}) == ["2024-04-04T07:00"]
    shown = me.get(f"/me/events/{master['id']}?$select=cancelledOccurrences")
    assert shown["cancelledOccurrences"] == [f"OID.{master['id']}.2024-03-28", f"OID.{master['id']}.2024-04-01"]


@pytest.mark.parametrize(
    "change",
    [
        {"start": at("2024-03-28T11:00:00", BERLIN), "end": at("2024-03-28T12:00:00", BERLIN)},
        {"recurrence": weekly("thursday", type="numbered", numberOfOccurrences=2)},
    ],
)
def test_another_time_or_pattern_of_a_series_drops_what_was_changed(
    me: Client, master: Document, change: Document
) -> None:
    first, second, _ = occurrences(me, master)
    me.done("DELETE", f"/me/events/{first['id']}", 204)
    me.done("PATCH", f"/me/events/{second['id']}", 200, json={"subject": "Once"})
    me.done("PATCH", f"/me/events/{master['id']}", 200, json=change)
    found = occurrences(me, master)
    assert {one["type"] for one in found} == {"occurrence"}
    assert found[0]["id"] == first["id"]


def test_a_series_without_recurrence_is_a_single_event_and_goes_as_a_whole(me: Client, master: Document) -> None:
    old = occurrences(me, master)[1]["id"]
    single = me.done("PATCH", f"/me/events/{master['id']}", 200, json={"recurrence": None})
    assert (single["type"], single["recurrence"], single["start"]) == ("singleInstance", None, master["start"])
    assert starts(me.get(view(*MARCH))) == ["2024-03-28T08:00"]
    assert me.refused("GET", f"/me/events/{old}") == (404, "ErrorItemNotFound")
    assert me.refused("GET", view(*MARCH, f"/me/events/{master['id']}/instances")) == (400, "ErrorInvalidRequest")
    me.done("PATCH", f"/me/events/{master['id']}", 200, json={"recurrence": weekly("thursday")})
    me.done("DELETE", f"/me/events/{master['id']}", 204)
    assert me.get(view(*MARCH))["value"] == []


def test_whole_days_are_not_converted_and_stand_where_the_asking_zone_has_them(me: Client) -> None:
    given = event("2024-01-30T00:00:00", "2024-02-01T00:00:00", "Tokyo Standard Time", isAllDay=True)
    given["recurrence"] = recurrence(
        {"type": "absoluteMonthly", "dayOfMonth": 30}, {"type": "numbered", "numberOfOccurrences": 3}
    )
    me.done("POST", "/me/events", 201, json=given)
    year = ("2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z")
    days = ["2024-01-30T00:00", "2024-02-29T00:00", "2024-03-30T00:00"]
    for zone in ("Tokyo Standard Time", "America/New_York", "UTC"):
        prefer = {"Prefer": f'outlook.timezone="{zone}"'}
        assert starts(me.get(view(*year), headers=prefer)) == days
        # The thirty-first as the zone has it.
        offset = {"Tokyo Standard Time": "%2B09:00", "America/New_York": "-05:00", "UTC": "Z"}[zone]
        for date, there in (("2024-01-29", []), ("2024-01-31", days[:1]), ("2024-02-01", [])):
            window = view(f"{date}T00:00:00{offset}", f"{date}T23:59:59{offset}")
            assert starts(me.get(window, headers=prefer)) == there


BAD = [
    {"pattern": {"type": "weekly", "interval": 1}, "range": {"type": "noEnd"}},
    {"pattern": {"type": "daily", "interval": 0}, "range": {"type": "noEnd"}},
    {"pattern": {"type": "absoluteMonthly", "interval": 1, "dayOfMonth": 32}, "range": {"type": "noEnd"}},
    {"pattern": {"type": "absoluteYearly", "interval": 1, "dayOfMonth": 3}, "range": {"type": "noEnd"}},
    {"pattern": {"type": "daily", "interval": 1}, "range": {"type": "endDate", "endDate": "2024-02-29"}},
    {"pattern": {"type": "daily", "interval": 1}, "range": {"type": "numbered", "numberOfOccurrences": 401}},
    {"pattern": {"type": "daily", "interval": 1}, "range": {"type": "endDate"}},
    {"pattern": {"type": "daily", "interval": 1}, "range": {}},
    {"pattern": {}, "range": {"type": "noEnd"}},
    {"pattern": {"type": "daily", "interval": 1}},
]


def test_recurrences_that_cannot_be_are_refused(me: Client) -> None:
    for one in BAD:
        given = event("2024-03-01T09:00:00", "2024-03-01T10:00:00", recurrence=one)
        assert me.refused("POST", "/me/events", json=given) == (400, "ErrorPropertyValidationFailure"), one
    longer = event("2024-03-01T09:00:00", "2024-03-02T10:00:00", recurrence=recurrence({"type": "daily"}))
    assert me.refused("POST", "/me/events", json=longer) == (400, "ErrorPropertyValidationFailure")
    unknown = event(
        "2024-03-01T09:00:00", "2024-03-01T10:00:00", recurrence=weekly("friday", recurrenceTimeZone="Mars")
    )
    assert me.refused("POST", "/me/events", json=unknown) == (400, "TimeZoneNotSupportedException")
    assert me.get("/me/events")["value"] == []


def test_an_endless_series_is_cut_by_windows_and_these_are_bounded(me: Client) -> None:
    given = event("2024-03-01T09:00:00", "2024-03-01T10:00:00", recurrence=recurrence({"type": "daily"}))
    made = me.done("POST", "/me/events", 201, json=given)
    assert made["recurrence"]["range"]["endDate"] == "0001-01-01"
    far = me.get(view("2524-01-01T00:00:00Z", "2524-01-04T00:00:00Z"))
    assert len(far["value"]) == 3
    paged = me.get(view("2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z", more="&$top=200&$count=true"))
    assert (len(paged["value"]), paged["@odata.count"]) == (200, 365)
    rest = me.get(paged["@odata.nextLink"].partition("/v1.0")[2])
    assert starts(rest)[0] == "2030-07-20T09:00"
    assert "@odata.nextLink" not in rest
    too_many = me.refused("GET", view("2030-01-01T00:00:00Z", "2032-01-01T00:00:00Z"))
    too_long = me.refused("GET", view("2030-01-01T00:00:00Z", "2036-01-01T00:00:00Z"))
    assert too_many == too_long == (400, "ErrorCalendarViewRangeTooBig")
    assert me.refused("GET", "/me/calendarView?startDateTime=2030-01-01") == (400, "ErrorInvalidParameter")
