from __future__ import annotations

from tests.faces.graph.calendar.giving import event, view
from tests.faces.graph.graph_server import Client

from postroom.workspace.people import Person

DAY = ("2024-03-01T00:00:00Z", "2024-03-02T00:00:00Z")


def test_every_mailbox_has_a_calendar_that_cannot_be_deleted(me: Client, person: Person) -> None:
    (one,) = me.get("/me/calendars")["value"]
    assert one == {name: value for name, value in me.get("/me/calendar").items() if name != "@odata.context"}
    expected = {
        "name": "Calendar", "color": "auto", "isDefaultCalendar": True, "isRemovable": False, "canEdit": True,
        "canShare": True, "canViewPrivateItems": True, "defaultOnlineMeetingProvider": "teamsForBusiness",
        "owner": {"name": person.name, "address": person.address},
    }  # fmt: skip
    assert {name: one[name] for name in expected} == expected
    assert me.refused("DELETE", f"/me/calendars/{one['id']}") == (400, "ErrorCannotDeleteObject")
    group = me.get("/me/calendarGroup")
    assert me.refused("DELETE", f"/me/calendarGroups/{group['id']}") == (400, "ErrorCannotDeleteObject")
    assert me.get("/me/calendarGroup/calendars?$select=name")["value"][0]["name"] == "Calendar"


def test_a_calendar_is_made_named_coloured_found_and_deleted_with_its_events(me: Client) -> None:
    made = me.done("POST", "/me/calendars", 201, json={"name": "Holidays", "color": "lightRed"})
    assert me.refused("POST", "/me/calendars", json={"name": "HOLIDAYS"}) == (409, "ErrorFolderExists")
    assert me.refused("POST", "/me/calendars", json={"name": " "})[0] == 400
    assert [one["id"] for one in me.get("/me/calendars?$filter=name eq 'holidays'")["value"]] == [made["id"]]
    path = f"/me/calendars/{made['id']}"
    changed = me.done("PATCH", path, 200, json={"name": "Free", "color": "lightBlue"})
    assert (changed["name"], changed["color"], changed["isDefaultCalendar"]) == ("Free", "lightBlue", False)
    one = me.done("POST", f"{path}/events", 201, json=event("2024-03-01T10:00:00", "2024-03-01T11:00:00"))
    assert me.get(f"{path}/events/{one['id']}")["id"] == one["id"]
    assert me.refused("GET", f"/me/calendar/events/{one['id']}") == (404, "ErrorItemNotFound")
    seen = [
        me.get(view(*DAY, f"/me{where}/calendarView"))["value"]
        for where in ("", "/calendar", f"/calendars/{made['id']}")
    ]
    assert [len(rows) for rows in seen] == [1, 0, 1]
    me.done("DELETE", path, 204)
    assert me.refused("GET", f"/me/events/{one['id']}") == (404, "ErrorItemNotFound")
    assert me.get(view(*DAY))["value"] == []


def test_groups_hold_calendars_and_are_deleted_when_they_are_empty(me: Client) -> None:
    group = me.done("POST", "/me/calendarGroups", 201, json={"name": "Work"})
    path = f"/me/calendarGroups/{group['id']}"
    made = me.done("POST", f"{path}/calendars", 201, json={"name": "Shifts"})
    assert [one["name"] for one in me.get("/me/calendarGroups?$orderby=name")["value"]] == ["My Calendars", "Work"]
    assert [one["name"] for one in me.get(f"{path}/calendars")["value"]] == ["Shifts"]
    event_ = me.done(
        "POST", f"{path}/calendars/{made['id']}/events", 201, json=event("2024-03-01T10:00:00", "2024-03-01T11:00:00")
    )
    assert me.get(f"{path}/calendars/{made['id']}/events")["value"][0]["id"] == event_["id"]
    assert me.refused("DELETE", path) == (400, "ErrorCannotDeleteObject")
    assert me.done("PATCH", path, 200, json={"name": "Job"})["name"] == "Job"
    me.done("DELETE", f"{path}/calendars/{made['id']}", 204)
    me.done("DELETE", path, 204)
    assert me.refused("GET", path) == (404, "ErrorItemNotFound")
