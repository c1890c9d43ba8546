from __future__ import annotations

from typing import Any

from tests.faces.graph.calendar.giving import at, event, view, weekly
from tests.faces.graph.graph_server import Client

Row = dict[str, Any]
MARCH = ("2024-03-01T00:00:00Z", "2024-04-01T00:00:00Z")


def read(me: Client, path: str) -> tuple[list[Row], str]:
    """All pages, and where to ask for what comes later."""
    rows: list[Row] = []
    while True:
        answer = me.get(path)
        rows += answer["value"]
        link = answer.get("@odata.nextLink") or answer["@odata.deltaLink"]
        path = link.partition("/v1.0")[2]
        if "@odata.deltaLink" in answer:
            return rows, path


def gone(rows: list[Row]) -> set[str]:
    return {row["id"] for row in rows if "@removed" in row}


def test_a_window_tells_what_came_changed_left_and_went(me: Client) -> None:
    series = me.done(
        "POST", "/me/events", 201, json=event("2024-03-04T09:00:00", "2024-03-04T10:00:00", recurrence=weekly("monday"))
    )
    for day in range(1, 16):
        me.done("POST", "/me/events", 201, json=event(f"2024-03-{day:02}T12:00:00", f"2024-03-{day:02}T13:00:00"))
    outside = me.done("POST", "/me/events", 201, json=event("2024-05-01T12:00:00", "2024-05-01T13:00:00"))
    rows, link = read(me, view(*MARCH, "/me/calendarView/delta"))
    occurrences = [row for row in rows if row["type"] == "occurrence"]
    assert (len(rows), len(occurrences)) == (1 + 4 + 15, 4)
    assert occurrences[0].keys() == {"@odata.etag", "id", "type", "seriesMasterId", "start", "end"}
    assert outside["id"] not in {row["id"] for row in rows}
    assert read(me, link)[0] == []

    single = next(row for row in rows if row["type"] == "singleInstance")
    me.done(
        "PATCH",
        f"/me/events/{single['id']}",
        200,
        json={"start": at("2024-06-01T12:00:00"), "end": at("2024-06-01T13:00:00")},
    )
    me.done(
        "PATCH",
        f"/me/events/{outside['id']}",
        200,
        json={"start": at("2024-03-20T12:00:00"), "end": at("2024-03-20T13:00:00")},
    )
    me.done("PATCH", f"/me/events/{occurrences[1]['id']}", 200, json={"subject": "Once"})
    me.done("DELETE", f"/me/events/{occurrences[2]['id']}", 204)
    rows, link = read(me, link)
    assert gone(rows) == {single["id"], occurrences[2]["id"]}
    told = {row["id"]: row for row in rows if "@removed" not in row}
    assert told.keys() == {outside["id"], series["id"], *(occurrences[at]["id"] for at in (0, 1, 3))}
    assert (told[occurrences[1]["id"]]["type"], told[occurrences[1]["id"]]["subject"]) == ("exception", "Once")

    # Another pattern: the occurrences of the old one are gone.
    me.done(
        "PATCH",
        f"/me/events/{series['id']}",
        200,
        json={"recurrence": weekly("monday", type="numbered", numberOfOccurrences=2)},
    )
    rows, link = read(me, link)
    assert gone(rows) == {occurrences[2]["id"], occurrences[3]["id"]}
    me.done("DELETE", f"/me/events/{series['id']}", 204)
    rows, link = read(me, link)
    assert gone(rows) == {series["id"], *(row["id"] for row in occurrences)}
    assert len(rows) == 5
    me.done("DELETE", f"/me/events/{outside['id']}", 204)
    assert gone(read(me, link)[0]) == {outside["id"]}


def test_changes_of_events_tell_single_ones_and_masters(me: Client) -> None:
    _, link = read(me, "/me/events/delta")
    made = me.done(
        "POST", "/me/events", 201, json=event("2024-03-04T09:00:00", "2024-03-04T10:00:00", recurrence=weekly("monday"))
    )
    rows, link = read(me, link)
    assert [row["id"] for row in rows] == [made["id"]]
    (first, *_) = me.get(view(*MARCH))["value"]
    me.done("DELETE", f"/me/events/{first['id']}", 204)
    rows, link = read(me, link)
    assert [row["id"] for row in rows] == [made["id"]]
    me.done("DELETE", f"/me/events/{made['id']}", 204)
    assert gone(read(me, link)[0]) == {made["id"]}
    assert me.refused("GET", "/me/calendarView/delta") == (400, "ErrorInvalidParameter")
