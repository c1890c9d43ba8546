"""Contacts, calendars and tasks under the names of Outlook REST v2.0."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from postroom.testing import LocalGraph, local_graph
from postroom.workspace.signin.tokens import Grant

Call = Callable[..., Any]
ME = "/api/v2.0/me"
SCOPES = ("Contacts.ReadWrite", "Calendars.ReadWrite", "Tasks.ReadWrite")


@pytest.fixture(scope="module")
def graph() -> Iterator[LocalGraph]:
    with local_graph() as running:
        yield running


@pytest.fixture(scope="module")
def call(graph: LocalGraph) -> Iterator[Call]:
    """The JSON of a call that must answer this status."""
    person = graph.workspace.people.find(graph.user("anna@one.test", name="Anna").address)
    token = graph.workspace.signin.tokens.access(Grant(graph.app, person, "https://outlook.office.com", SCOPES))
    context, headers = ssl.create_default_context(cafile=str(graph.ca_file)), {"Authorization": f"Bearer {token}"}
    with httpx2.Client(
        base_url=graph.origin, verify=context, trust_env=False, timeout=60, headers=headers
    ) as http:  # fmt: skip

        def run(method: str, path: str, status: int = 200, **more: Any) -> Any:
            answer = http.request(method, path if path.startswith(("/", "https:")) else f"{ME}/{path}", **more)
            assert answer.status_code == status, answer.text
            return answer.json() if answer.content else None

        yield run


def test_contacts_have_the_names_of_then(call: Call) -> None:
    given = {
        "GivenName": "Dora",
        "Surname": "Dunn",
        "MobilePhone1": "4",
        "EmailAddresses": [{"Address": "dora@x.test", "Name": "Dora"}],
        "HomeAddress": {"City": "Berlin"},
    }
    folder = call("POST", "ContactFolders", 201, json={"DisplayName": "Roofers"})
    made = call("POST", f"contactfolders/{folder['Id']}/contacts", 201, json=given)
    assert (made["DisplayName"], made["FileAs"], made["MobilePhone1"]) == ("Dora Dunn", "Dunn, Dora", "4")
    assert made["@odata.id"].endswith(f"/Contacts('{made['Id']}')")
    assert made["HomeAddress"] == {"City": "Berlin"}
    found = call("GET", f"ContactFolders('{folder['Id']}')/Contacts", params={
        "$filter": "EmailAddresses/any(e:e/Address eq 'DORA@x.test') and MobilePhone1 eq '4'",
        "$select": "DisplayName,MobilePhone1",
    })  # fmt: skip
    assert [(one["DisplayName"], one["MobilePhone1"]) for one in found["value"]] == [("Dora Dunn", "4")]
    assert found["@odata.context"].endswith(
        f"$metadata#Me/ContactFolders('{folder['Id']}')/Contacts(DisplayName,MobilePhone1)"
    )
    changed = call("PATCH", f"contacts/{made['Id']}", json={"MobilePhone1": "5"})
    assert changed["MobilePhone1"] == "5"
    call("DELETE", f"contacts/{made['Id']}", 204)


def test_contacts_are_followed_by_tracking_changes(call: Call) -> None:
    folder = call("POST", "ContactFolders", 201, json={"DisplayName": "Followed"})
    contacts = f"ContactFolders/{folder['Id']}/Contacts"
    start = call("GET", contacts, headers={"Prefer": "odata.track-changes"})
    made = call("POST", contacts, 201, json={"GivenName": "New"})
    later = call("GET", start["@odata.deltaLink"])
    assert [one["DisplayName"] for one in later["value"]] == ["New"]
    call("DELETE", f"Contacts/{made['Id']}", 204)
    (gone,) = call("GET", later["@odata.deltaLink"])["value"]
    assert (gone["id"], gone["reason"]) == (f"Contacts('{made['Id']}')", "deleted")


def test_events_have_the_names_of_then(call: Call) -> None:
    at = {"DateTime": "2026-02-02T09:00:00", "TimeZone": "Europe/Berlin"}
    given = {
        "Subject": "Roof",
        "Start": at,
        "End": at | {"DateTime": "2026-02-02T10:00:00"},
        "ShowAs": "Tentative",
        "Body": {"ContentType": "Text", "Content": "See it"},
        "Recurrence": {
            "Pattern": {"Type": "Weekly", "Interval": 1, "DaysOfWeek": ["Monday"]},
            "Range": {"Type": "Numbered", "StartDate": "2026-02-02", "NumberOfOccurrences": 3},
        },
    }
    made = call("POST", "events", 201, json=given)
    assert (made["Type"], made["ShowAs"], made["Importance"]) == ("SeriesMaster", "Tentative", "Normal")
    pattern, range_ = made["Recurrence"]["Pattern"], made["Recurrence"]["Range"]
    assert (pattern["Type"], pattern["DaysOfWeek"], range_["Type"]) == ("Weekly", ["Monday"], "Numbered")
    assert made["@odata.id"].endswith(f"/Events('{made['Id']}')")
    window = {"startDateTime": "2026-02-01T00:00:00", "endDateTime": "2026-03-01T00:00:00"}
    berlin = {"Prefer": 'outlook.timezone="Europe/Berlin"'}
    seen = call("GET", "calendarview", params=window | {"$select": "Subject,Start,Type"}, headers=berlin)["value"]
    assert [one["Start"]["DateTime"][:13] for one in seen] == ["2026-02-02T09", "2026-02-09T09", "2026-02-16T09"]
    assert {one["Type"] for one in seen} == {"Occurrence"}
    assert call("GET", f"events/{made['Id']}/instances", params=window)["value"][1]["SeriesMasterId"] == made["Id"]
    calendars = call("GET", "Calendars")["value"]
    assert [one["Name"] for one in calendars] == ["Calendar"]
    assert calendars[0]["@odata.id"].endswith(f"/Calendars('{calendars[0]['Id']}')")
    found = call("GET", "events", params={"$filter": "Start/DateTime ge '2026-02-01' and Subject eq 'Roof'"})
    assert [one["Id"] for one in found["value"]] == [made["Id"]]
    call("DELETE", f"events/{made['Id']}", 204)


def test_tasks_lie_in_folders_of_groups(call: Call) -> None:
    (group,) = call("GET", "taskgroups")["value"]
    assert (group["Name"], group["IsDefaultGroup"]) == ("My Tasks", True)
    default = next(one for one in call("GET", "taskfolders")["value"] if one["IsDefaultFolder"])
    assert (default["Name"], default["ParentGroupKey"]) == ("Tasks", group["GroupKey"])
    other = call("POST", "TaskGroups", 201, json={"Name": "Work"})
    folder = call("POST", f"taskgroups/{other['Id']}/taskfolders", 201, json={"Name": "Roofs"})
    assert folder["ParentGroupKey"] == other["GroupKey"]
    assert [one["Name"] for one in call("GET", f"taskgroups/{other['Id']}/taskfolders")["value"]] == ["Roofs"]
    assert call("PATCH", f"taskfolders/{folder['Id']}", json={"Name": "Roof"})["Name"] == "Roof"
    task = call("POST", f"taskfolders/{folder['Id']}/tasks", 201, json={"Subject": "Look"})
    assert task["ParentFolderId"] == folder["Id"]
    assert call("GET", f"taskfolders/{folder['Id']}/tasks/{task['Id']}")["Subject"] == "Look"
    call("GET", f"taskfolders/{default['Id']}/tasks/{task['Id']}", 404)
    call("PATCH", f"taskgroups/{other['Id']}", json={"Name": "Yard"})
    for method, path in (("DELETE", f"taskgroups/{group['Id']}"), ("DELETE", f"taskfolders/{default['Id']}")):
        call(method, path, 400)
    call("DELETE", f"taskgroups/{other['Id']}", 204)
    call("GET", f"taskfolders/{folder['Id']}", 404)
    call("GET", f"tasks/{task['Id']}", 404)


def test_tasks_are_made_changed_and_completed(call: Call) -> None:
    due = {"DateTime": "2026-02-02T00:00:00", "TimeZone": "UTC"}
    given = {
        "Subject": "Bins",
        "Body": {"ContentType": "HTML", "Content": "<b>out</b>"},
        "DueDateTime": due,
        "Importance": "High",
        "Sensitivity": "Private",
        "Owner": "Anna",
        "Recurrence": {"Pattern": {"Type": "Daily", "Interval": 2}, "Range": {"Type": "NoEnd"}},
    }
    made = call("POST", "tasks", 201, json=given)
    assert (made["Status"], made["Importance"], made["Sensitivity"]) == ("NotStarted", "High", "Private")
    assert (made["Owner"], made["Body"]["ContentType"], made["DueDateTime"]["TimeZone"]) == ("Anna", "HTML", "UTC")
    assert made["@odata.id"].endswith(f"/Tasks('{made['Id']}')")
    one = f"tasks/{made['Id']}"
    assert call("PATCH", one, json={"Subject": "Paper", "Status": "InProgress"})["Status"] == "InProgress"
    call("PATCH", one, 412, json={"Subject": "x"}, headers={"If-Match": made["@odata.etag"]})
    done, following = call("POST", f"{one}/complete")["value"]
    assert (done["Status"], done["Recurrence"], following["Status"]) == ("Completed", None, "NotStarted")
    assert following["DueDateTime"]["DateTime"].startswith("2026-02-04")
    assert following["Owner"] == "Anna"
    listed = call("GET", "Tasks", params={"$filter": "Status eq 'Completed'", "$select": "Subject"})["value"]
    assert [(one["Subject"], "Body" in one) for one in listed] == [("Paper", False)]
    file = call("POST", f"{one}/attachments", 201, json={
        "@odata.type": "#Microsoft.OutlookServices.FileAttachment", "Name": "a.txt", "ContentBytes": "YQ=="
    })  # fmt: skip
    assert file["@odata.type"] == "#Microsoft.OutlookServices.FileAttachment"
    assert call("GET", f"{one}/attachments/{file['Id']}")["ContentBytes"] == "YQ=="
    assert call("GET", one)["HasAttachments"] is True
    call("DELETE", f"{one}/attachments/{file['Id']}", 204)
    assert call("GET", f"{one}/attachments")["value"] == []
    call("DELETE", one, 204)
    page = call("GET", "tasks?$top=1&$orderby=Subject")
    assert page["value"][0]["Id"] == following["Id"]


def test_a_page_of_tasks_leads_to_the_next_one_where_it_was_asked_for(call: Call) -> None:
    folder = call("POST", "taskfolders", 201, json={"Name": "Pages"})
    tasks = f"taskfolders/{folder['Id']}/tasks"
    for number in range(3):
        call("POST", tasks, 201, json={"Subject": f"T{number}"})
    page = call("GET", f"{tasks}?$top=2")
    assert [one["Subject"] for one in page["value"]] == ["T0", "T1"]
    assert f"{ME}/{tasks}" in page["@odata.nextLink"]
    assert [one["Subject"] for one in call("GET", page["@odata.nextLink"])["value"]] == ["T2"]
