from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from tests.faces.graph.calendar.giving import at, event, recurrence, starts, view, weekly
from tests.faces.graph.graph_server import Client, World

from postroom.workspace.people import Person

DAY = ("2024-03-01T00:00:00Z", "2024-03-02T00:00:00Z")
NEVER = "0001-01-01T00:00:00Z"


def test_an_event_has_all_that_programs_look_for(me: Client, person: Person) -> None:
    given = event(
        "2024-03-01T09:30:00", "2024-03-01T10:00:00", "Europe/Berlin", "Plans", location={"displayName": "Room 1"}
    )
    given |= {
        "body": {"contentType": "html", "content": "<p>Read <b>this</b>.</p><script>alert(1)</script>"},
        "attendees": [{"emailAddress": {"address": "bert@two.test"}, "type": "optional"}],
        "categories": ["Blue"],
        "isOnlineMeeting": "true",
        "sensitivity": "Private",
        "singleValueExtendedProperties": [
            {"id": "String {00020329-0000-0000-C000-000000000046} Name Colour", "value": "red"}
        ],
    }
    made = me.done("POST", "/me/events", 201, json=given)
    mine = {"name": person.name, "address": person.address}
    assert {name: made[name] for name in _EXPECTED} == _EXPECTED | {"organizer": {"emailAddress": mine}}
    assert made["onlineMeeting"]["joinUrl"].startswith("https://meet.one.test/")
    assert "script" not in made["body"]["content"]
    assert made["@odata.etag"] == f'W/"{made["changeKey"]}"'
    assert len(made["iCalUId"]) == 112
    colour = "singleValueExtendedProperties($filter=id eq 'String {00020329-0000-0000-C000-000000000046} Name Colour')"
    again = me.get(f"/me/calendar/events/{made['id']}?$expand={colour},calendar($select=name,owner)")
    assert again["singleValueExtendedProperties"][0]["value"] == "red"
    assert (again["calendar"]["name"], again["calendar"]["owner"]) == ("Calendar", mine)
    (seen,) = me.get(view(*DAY, more="&$select=subject&$expand=calendar($select=name)"))["value"]
    assert seen["calendar"]["name"] == "Calendar"
    assert me.get(f"/me/events/{made['id']}?$select=subject").keys() == {
        "@odata.context",
        "@odata.etag",
        "id",
        "subject",
    }


_EXPECTED = {
    "subject": "Plans",
    "bodyPreview": "Read this.",
    "start": at("2024-03-01T08:30:00.0000000"),
    "end": at("2024-03-01T09:00:00.0000000"),
    "originalStartTimeZone": "Europe/Berlin",
    "originalEndTimeZone": "Europe/Berlin",
    "location": {"displayName": "Room 1", "locationType": "default", "uniqueId": "Room 1", "uniqueIdType": "private"},
    "attendees": [
        {
            "type": "optional",
            "status": {"response": "none", "time": NEVER},
            "emailAddress": {"name": "bert@two.test", "address": "bert@two.test"},
        }
    ],
    "categories": ["Blue"],
    "importance": "normal",
    "sensitivity": "private",
    "showAs": "busy",
    "isAllDay": False,
    "isCancelled": False,
    "isDraft": False,
    "isOrganizer": True,
    "isOnlineMeeting": True,
    "onlineMeetingProvider": "teamsForBusiness",
    "isReminderOn": True,
    "reminderMinutesBeforeStart": 15,
    "responseRequested": True,
    "allowNewTimeProposals": True,
    "hideAttendees": False,
    "hasAttachments": False,
    "type": "singleInstance",
    "seriesMasterId": None,
    "recurrence": None,
    "transactionId": None,
    "responseStatus": {"response": "organizer", "time": NEVER},
    "organizer": None,
}


def test_times_that_do_not_go_together_are_refused(me: Client) -> None:
    failure = (400, "ErrorPropertyValidationFailure")
    for given in (
        event("2024-03-01T10:00:00", "2024-03-01T09:00:00"),
        event("2024-03-01T00:00:00", "2024-03-01T12:00:00", isAllDay=True),
        event("2024-03-01T00:00:00", "2024-03-01T00:00:00", isAllDay=True),
        event("2024-02-30T00:00:00", "2024-03-01T12:00:00"),
        event("", "2024-03-01T12:00:00"),
        {"subject": "Never", "start": at("2024-03-01T10:00:00")},
        event("9999-12-31T10:00:00", "9999-12-31T11:00:00"),
        {"start": at("2024-03-01T00:00:00"), "end": at("2024-03-02T00:00:00", "Europe/Berlin"), "isAllDay": True},
    ):
        assert me.refused("POST", "/me/events", json=given) == failure, given
    mars = event("2024-03-01T10:00:00", "2024-03-01T11:00:00", "Mars Standard Time")
    assert me.refused("POST", "/me/events", json=mars) == (400, "TimeZoneNotSupportedException")
    assert me.refused("POST", "/me/events", json={**mars, "no": 1, "attendees": 5})[0] == 400
    made = me.done("POST", "/me/events", 201, json=event("2024-03-01T10:00:00", "2024-03-01T11:00:00"))
    assert me.refused("PATCH", f"/me/events/{made['id']}", json={"end": at("2024-03-01T09:00:00")}) == failure
    assert me.refused("PATCH", f"/me/events/{made['id']}", json={"isAllDay": True}) == failure
    assert me.get(f"/me/events/{made['id']}")["end"] == made["end"]


def test_an_offset_counts_and_the_hour_that_is_left_out_is_passed(me: Client) -> None:
    given = event("2024-03-01T10:00:00+05:00", "2024-03-01T10:30:00Z", "Europe/Berlin")
    made = me.done("POST", "/me/events", 201, json=given)
    assert (made["start"]["dateTime"][:16], made["end"]["dateTime"][:16]) == ("2024-03-01T05:00", "2024-03-01T10:30")
    gap = event("2024-03-31T02:30:00", "2024-03-31T03:30:00", "Europe/Berlin")
    made = me.done("POST", "/me/events", 201, json=gap)
    assert (made["start"]["dateTime"][:16], made["end"]["dateTime"][:16]) == ("2024-03-31T01:30", "2024-03-31T01:30")


def test_a_repeated_transaction_makes_one_event(me: Client) -> None:
    given = event("2024-03-01T10:00:00", "2024-03-01T11:00:00", transactionId="once")
    first, second = (me.done("POST", "/me/events", 201, json=given) for _ in range(2))
    assert first == second
    assert len(me.get("/me/events")["value"]) == 1
    changed = me.refused("PATCH", f"/me/events/{first['id']}", json={"transactionId": "twice"})
    assert changed == (400, "ErrorInvalidPropertySet")


def test_a_change_keeps_answers_and_is_refused_to_who_has_seen_an_older_state(me: Client) -> None:
    given = event("2024-03-01T10:00:00", "2024-03-01T11:00:00", attendees=[{"emailAddress": {"address": "a@two.test"}}])
    made = me.done("POST", "/me/events", 201, json=given)
    # Whoever read it sends it back whole.
    whole = {**made, "subject": "New"}
    changed = me.done("PATCH", f"/me/events/{made['id']}", 200, json=whole)
    assert (changed["subject"], changed["start"], changed["attendees"]) == ("New", made["start"], made["attendees"])
    stale = {"If-Match": made["@odata.etag"]}
    assert me.refused("PATCH", f"/me/events/{made['id']}", json={}, headers=stale)[0] == 412
    assert me.refused("DELETE", f"/me/events/{made['id']}", headers=stale)[0] == 412
    me.done("DELETE", f"/me/events/{made['id']}", 204, headers={"If-Match": changed["@odata.etag"]})
    assert me.refused("GET", f"/me/events/{made['id']}") == (404, "ErrorItemNotFound")


def test_events_are_found_and_sorted_by_their_times_in_the_zone_of_the_caller(me: Client) -> None:
    for hour, subject in ((9, "B"), (7, "a"), (11, "c")):
        me.done(
            "POST",
            "/me/events",
            201,
            json=event(f"2024-03-01T{hour:02}:00:00", f"2024-03-01T{hour:02}:30:00", subject=subject),
        )
    daily = event(
        "2024-03-02T09:00:00", "2024-03-02T10:00:00", subject="series", recurrence=recurrence({"type": "daily"})
    )
    me.done("POST", "/me/events", 201, json=daily)

    def subjects(query: str, path: str = "/me/events", **more: object) -> str:
        return "".join(one["subject"][0] for one in me.get(f"{path}?{query}", **more)["value"])

    berlin = {"Prefer": 'outlook.timezone="Europe/Berlin"'}
    assert subjects("$orderby=start/dateTime") == "aBcs"
    assert subjects("$orderby=start/DateTime desc&$top=2") == "sc"
    assert (
        subjects(
            "$filter=start/dateTime ge '2024-03-01T09:00' and end/dateTime le '2024-03-01T12:00:00'&$orderby=subject"
        )
        == "Bc"
    )
    assert subjects("$filter=start/dateTime eq '2024-03-01T10:00:00'", headers=berlin) == "B"
    assert subjects("$filter=type eq 'seriesMaster' or contains(subject,'A')") == "as"
    assert subjects("$filter=start/dateTime lt '2024-03-01T08:00Z' and bodyPreview eq ''") == "a"
    counted = me.get("/me/events?$count=true&$top=1")
    assert (counted["@odata.count"], len(counted["value"])) == (4, 1)
    window = "startDateTime=2024-03-01&endDateTime=2024-03-04"
    assert subjects(f"{window}&$orderby=start/dateTime desc", "/me/calendarView") == "sscBa"
    assert (
        subjects(
            f"{window}&$filter=start/dateTime ge '2024-03-01T09:00' and subject ne 'c'", "/me/calendar/calendarView"
        )
        == "Bss"
    )
    assert subjects(f"{window}&$filter=start/dateTime eq '2024-03-02T10:00'", "/me/calendarView", headers=berlin) == "s"
    assert me("GET", f"/me/calendarView/$count?{window}").text == "5"
    assert me.refused("GET", "/me/events?$search=a")[0] == 400
    assert me.refused("GET", "/me/events?$filter=nothing eq 1")[0] == 400


def test_attachments_of_an_event_are_listed_read_added_and_removed(me: Client) -> None:
    def file(name: str, content: bytes) -> dict[str, str]:
        encoded = base64.b64encode(content).decode()
        return {"@odata.type": "#microsoft.graph.fileAttachment", "name": name, "contentBytes": encoded}

    given = event("2024-03-01T10:00:00", "2024-03-01T11:00:00", attachments=[file("a.txt", b"first")])
    made = me.done("POST", "/me/events", 201, json=given | {"recurrence": weekly("friday")})
    assert made["hasAttachments"] is True
    path = f"/me/events/{made['id']}/attachments"
    me.done("POST", path, 201, json=file("b.txt", b"second"))
    assert [one["name"] for one in me.get(path)["value"]] == ["a.txt", "b.txt"]

    session = me.done(
        "POST",
        f"{path}/createUploadSession",
        201,
        json={"AttachmentItem": {"attachmentType": "file", "name": "c", "size": 6}},
    )
    headers = {"Content-Range": "bytes 0-5/6"}
    sent = me.world.http.put(session["uploadUrl"], content=b"longer", headers=headers)
    assert sent.status_code == 201, sent.text
    assert f"events('{made['id']}')" in sent.headers["Location"]

    # An occurrence has those of its master, until it has its own.
    (one,) = me.get(view(*DAY))["value"]
    mine = f"/me/events/{one['id']}/attachments"
    listed = me.get(mine)["value"]
    assert [each["name"] for each in listed] == ["a.txt", "b.txt", "c"]
    me.done("DELETE", f"{mine}/{listed[1]['id']}", 204)
    me.done("POST", mine, 201, json=file("d.txt", b"own"))
    assert [each["name"] for each in me.get(mine)["value"]] == ["a.txt", "c", "d.txt"]
    last = me.get(mine)["value"][-1]
    assert me("GET", f"{mine}/{last['id']}/$value").content == b"own"
    assert [each["name"] for each in me.get(path)["value"]] == ["a.txt", "b.txt", "c"]
    assert me.get(f"/me/events/{one['id']}?$expand=attachments($select=name)")["type"] == "exception"
    for each in me.get(path)["value"]:
        me.done("DELETE", f"{path}/{each['id']}", 204)
    assert me.get(f"/me/events/{made['id']}")["hasAttachments"] is False


def test_an_event_keeps_open_extensions(me: Client) -> None:
    made = me.done("POST", "/me/events", 201, json=event("2024-03-01T10:00:00", "2024-03-01T11:00:00"))
    path = f"/me/events/{made['id']}/extensions"
    me.done("POST", path, 201, json={"extensionName": "com.one", "level": 3})
    me.done("PATCH", f"{path}/com.one", 200, json={"level": 4})
    assert me.get(f"/me/events/{made['id']}?$expand=extensions")["extensions"][0]["level"] == 4
    me.done("DELETE", f"{path}/com.one", 204)
    assert me.get(path)["value"] == []


def test_only_the_scopes_of_calendars_open_them_and_no_other_user_does(
    server: World, person: Person, me: Client
) -> None:
    reader = server.caller(server.tokens.user(person, "Calendars.Read"))
    given = event("2024-03-01T10:00:00", "2024-03-01T11:00:00")
    assert reader.refused("POST", "/me/events", json=given)[0] == 403
    made = me.done("POST", "/me/events", 201, json=given)
    assert reader.get(f"/me/events/{made['id']}")["id"] == made["id"]
    mailer = server.caller(server.tokens.user(person, "Mail.ReadWrite"))
    assert mailer.refused("GET", "/me/events") == (403, "ErrorAccessDenied")
    app = server.caller(server.tokens.app("Calendars.Read"))
    assert starts(app.get(view(*DAY, f"/users/{person.address}/calendarView"))) == ["2024-03-01T10:00"]


def test_events_of_a_group_are_for_those_who_are_in_it(server: World, person: Person, me: Client) -> None:
    made = server.workspace.directory.create_group(
        {"displayName": "Yard", "mailEnabled": False, "mailNickname": f"yard{person.id[:8]}", "securityEnabled": True},
        person.id,
    )
    group = f"/groups/{made['id']}"
    one = me.done("POST", f"{group}/events", 201, json=event("2024-03-01T10:00:00", "2024-03-01T11:00:00"))
    assert me.get(f"{group}/calendar")["owner"]["name"] == "Yard"
    assert one["organizer"]["emailAddress"]["name"] == "Yard"
    for path in (f"{group}/calendarView", f"{group}/calendar/calendarView"):
        assert starts(me.get(view(*DAY, path))) == ["2024-03-01T10:00"]
    assert me.get(view(*DAY))["value"] == []
    me.done("PATCH", f"{group}/events/{one['id']}", 200, json={"subject": "Ours"})
    assert me.refused("GET", f"/me/events/{one['id']}") == (404, "ErrorItemNotFound")
    stranger = server.caller(server.tokens.user(Person("", "", ""), "Group.ReadWrite.All"))
    assert stranger.refused("GET", f"{group}/events")[0] == 403
    assert me.refused("GET", "/groups/00000000-0000-4000-8000-000000000000/events")[0] == 404
    assert datetime.fromisoformat(one["createdDateTime"]).tzinfo == UTC


@pytest.mark.parametrize("path", ["/me/events/b3c", "/me/events/bwAA", "/me/calendars/x/events"])
def test_ids_that_are_none_are_refused(me: Client, path: str) -> None:
    assert me.refused("GET", path) == (400, "ErrorInvalidIdMalformed")
