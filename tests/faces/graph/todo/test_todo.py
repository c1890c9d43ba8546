from __future__ import annotations

import base64
from typing import Any

import pytest
from tests.faces.graph.graph_server import ANNA, BERT, Client, World


def at(day: str, clock: str = "00:00:00", zone: str = "UTC") -> dict[str, str]:
    return {"dateTime": f"{day}T{clock}.0000000", "timeZone": zone}


def titles(found: Any) -> list[str]:
    return [one["title"] for one in found["value"]]


def weekly(**range_: Any) -> dict[str, Any]:
    pattern = {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]}
    return {"pattern": pattern, "range": {"type": "noEnd", "startDate": "2024-02-01", **range_}}


def more(anna: Client, link: str) -> Any:
    return anna.get(link.partition("/v1.0")[2])


def test_every_mailbox_has_two_lists_which_stay(anna: Client) -> None:
    found = {one["wellknownListName"]: one for one in anna.get("/me/todo/lists")["value"]}
    assert found["defaultList"]["displayName"] == "Tasks"
    assert (found["flaggedEmails"]["isOwner"], found["flaggedEmails"]["isShared"]) == (True, False)
    one = f"/me/todo/lists/{found['defaultList']['id']}"
    assert anna.refused("DELETE", one) == (400, "ErrorInvalidRequest")
    assert anna.refused("PATCH", one, json={"displayName": "Other"}) == (400, "ErrorInvalidRequest")
    assert anna.get("/me/todo/lists/defaultList")["id"] == found["defaultList"]["id"]
    assert anna.get("/me/todo/lists?$filter=wellknownListName eq 'defaultList'&$select=id")["value"] == [
        {"@odata.etag": found["defaultList"]["@odata.etag"], "id": found["defaultList"]["id"]}
    ]


def test_lists_are_made_renamed_told_by_delta_and_deleted(anna: Client) -> None:
    link = anna.get("/me/todo/lists/delta")["@odata.deltaLink"]
    made = anna.done("POST", "/me/todo/lists", 201, json={"displayName": " Garden "})
    assert (made["displayName"], made["wellknownListName"]) == ("Garden", "none")
    one, old = f"/me/todo/lists/{made['id']}", {"If-Match": made["@odata.etag"]}
    anna.done("PATCH", one, 200, json={"displayName": "Yard"}, headers=old)
    assert anna.refused("PATCH", one, json={"displayName": "B"}, headers=old)[0] == 412
    changed = more(anna, link)
    assert [one["displayName"] for one in changed["value"]] == ["Yard"]
    anna.done("DELETE", one, 204)
    (gone,) = more(anna, changed["@odata.deltaLink"])["value"]
    assert (gone["id"], gone["@removed"]["reason"]) == (made["id"], "deleted")


def test_a_task_has_days_in_utc_and_a_reminder_at_its_instant(anna: Client, tasks: str) -> None:
    given = {
        "title": "Roof", "body": {"content": "<p>see <script>x</script>it</p>", "contentType": "html"},
        "importance": "high", "categories": ["Red"],
        "dueDateTime": at("2024-02-05", "22:00:00", "Eastern Standard Time"),
        "startDateTime": at("2024-02-04"),
        "reminderDateTime": at("2024-02-05", "08:30:00", "Europe/Berlin"),
    }  # fmt: skip
    made = anna.done("POST", tasks, 201, json=given)
    read = anna.get(f"{tasks}/{made['id']}")
    assert read["dueDateTime"] == at("2024-02-05")
    assert read["startDateTime"] == at("2024-02-04")
    assert read["reminderDateTime"] == at("2024-02-05", "07:30:00")
    assert (read["isReminderOn"], read["status"], read["importance"]) == (True, "notStarted", "high")
    assert read["completedDateTime"] is read["recurrence"] is None
    assert "script" not in read["body"]["content"]
    unset = anna.done("PATCH", f"{tasks}/{made['id']}", 200, json={"reminderDateTime": None, "dueDateTime": None})
    assert (unset["isReminderOn"], unset["dueDateTime"], unset["body"]) == (False, None, read["body"])


def test_what_is_done_has_a_date_and_what_is_not_has_none(anna: Client, tasks: str) -> None:
    one = f"{tasks}/{anna.done('POST', tasks, 201, json={'title': 'Done'})['id']}"
    assert anna.done("PATCH", one, 200, json={"status": "completed"})["completedDateTime"] == at("2024-01-31")
    assert anna.done("PATCH", one, 200, json={"status": "inProgress"})["completedDateTime"] is None
    assert anna.done("PATCH", one, 200, json={"completedDateTime": at("2024-01-02")})["status"] == "completed"
    assert anna.done("PATCH", one, 200, json={"completedDateTime": None})["status"] == "notStarted"


def test_tasks_are_found_by_columns_and_pages(anna: Client, tasks: str) -> None:
    for number, status in enumerate(("completed", "notStarted", "completed"), 1):
        due = at(f"2024-03-0{number}")
        anna.done("POST", tasks, 201, json={"title": f"T{number}", "status": status, "dueDateTime": due})

    def found(condition: str, **options: str) -> list[str]:
        return titles(anna.get(tasks, params={"$filter": condition, **options}))

    assert found("status eq 'completed'") == ["T1", "T3"]
    assert found("dueDateTime/DateTime ge '2024-03-02'", **{"$orderby": "dueDateTime/dateTime desc"}) == ["T3", "T2"]
    assert found("startswith(title, 't2') or importance eq 'high'") == ["T2"]
    page = anna.get(f"{tasks}?$top=2&$count=true")
    assert (titles(page), page["@odata.count"]) == (["T1", "T2"], 3)
    assert titles(more(anna, page["@odata.nextLink"])) == ["T3"]


def test_a_recurring_task_that_is_done_is_followed_by_the_next_one(anna: Client, tasks: str) -> None:
    given = {
        "title": "Bins", "recurrence": weekly(), "reminderDateTime": at("2024-02-04", "18:00:00"),
        "body": {"content": "out", "contentType": "text"},
        "checklistItems": [{"displayName": "Paper", "isChecked": True}],
        "linkedResources": [{"displayName": "Plan", "webUrl": "https://x.test/", "applicationName": "X"}],
        "attachments": [{"name": "a.txt", "contentBytes": "YQ=="}],
    }  # fmt: skip
    made = anna.done("POST", tasks, 201, json=given)
    assert made["dueDateTime"] == at("2024-02-05")
    assert made["recurrence"]["range"] == {
        "type": "noEnd", "startDate": "2024-02-05", "endDate": "0001-01-01", "recurrenceTimeZone": "UTC",
        "numberOfOccurrences": 0,
    }  # fmt: skip
    done = anna.done("PATCH", f"{tasks}/{made['id']}", 200, json={"status": "completed"})
    assert (done["status"], done["recurrence"]) == ("completed", None)
    _, following = anna.get(f"{tasks}?$expand=checklistItems,linkedResources,attachments")["value"]
    assert (following["title"], following["status"], following["body"]["content"]) == ("Bins", "notStarted", "out")
    assert following["dueDateTime"] == at("2024-02-12")
    assert following["reminderDateTime"] == at("2024-02-11", "18:00:00")
    (step,) = following["checklistItems"]
    assert (step["displayName"], step["isChecked"]) == ("Paper", False)
    assert following["linkedResources"][0]["webUrl"] == "https://x.test/"
    assert following["attachments"][0]["name"] == "a.txt"
    anna.done("PATCH", f"{tasks}/{made['id']}", 200, json={"status": "notStarted"})
    anna.done("PATCH", f"{tasks}/{made['id']}", 200, json={"status": "completed"})
    assert anna("GET", f"{tasks}/$count").text == "2"


def test_the_last_one_of_a_series_is_followed_by_none(anna: Client, tasks: str) -> None:
    ends = weekly(type="numbered", numberOfOccurrences=2)
    made = anna.done("POST", tasks, 201, json={"title": "Twice", "recurrence": ends})
    anna.done("PATCH", f"{tasks}/{made['id']}", 200, json={"status": "completed"})
    _, second = anna.get(tasks)["value"]
    anna.done("PATCH", f"{tasks}/{second['id']}", 200, json={"status": "completed"})
    assert [one["status"] for one in anna.get(tasks)["value"]] == ["completed", "completed"]


@pytest.mark.parametrize(
    "given",
    [
        {"dueDateTime": {"dateTime": "soon", "timeZone": "UTC"}},
        {"dueDateTime": at("2024-02-01", zone="Middle Earth")},
        {"reminderDateTime": at("0001-01-01", zone="Asia/Tokyo")},
        {"status": "lost"},
        {"recurrence": weekly(type="numbered", numberOfOccurrences=100_000)},
        {"recurrence": {"pattern": {"type": "weekly", "interval": 1}, "range": {"type": "noEnd"}}},
        {"checklistItems": [{}] * 101},
        {"categories": ["x"] * 201},
    ],
)
def test_wrong_values_are_refused(anna: Client, tasks: str, given: dict[str, Any]) -> None:
    code = "ErrorPropertyValidationFailure" if "recurrence" in given else "ErrorInvalidRequest"
    assert anna.refused("POST", tasks, json={"title": "x", **given}) == (400, code)
    assert anna.get(tasks)["value"] == []


def test_steps_and_links_belong_to_one_task(anna: Client, tasks: str) -> None:
    one = f"{tasks}/{anna.done('POST', tasks, 201, json={'title': 'One'})['id']}"
    other = f"{tasks}/{anna.done('POST', tasks, 201, json={'title': 'Other'})['id']}"
    step = anna.done("POST", f"{one}/checklistItems", 201, json={"displayName": "First"})
    path = f"{one}/checklistItems/{step['id']}"
    checked = anna.done("PATCH", path, 200, json={"isChecked": True})
    assert checked["checkedDateTime"] == "2024-01-31T10:00:00Z"
    assert anna.done("PATCH", path, 200, json={"isChecked": False})["checkedDateTime"] is None
    assert anna.refused("GET", f"{other}/checklistItems/{step['id']}") == (404, "ErrorItemNotFound")
    link = anna.done("POST", f"{one}/linkedResources", 201, json={"displayName": "L", "externalId": "7"})
    assert link["webUrl"] is None
    assert anna.get(f"{one}/linkedResources")["value"] == [
        {name: value for name, value in link.items() if name != "@odata.context"}
    ]
    for part in (path, f"{one}/linkedResources/{link['id']}"):
        anna.done("DELETE", part, 204)
        assert anna.refused("GET", part)[0] == 404


def test_files_of_a_task_come_at_once_or_in_ranges(anna: Client, tasks: str) -> None:
    one = f"{tasks}/{anna.done('POST', tasks, 201, json={'title': 'Files'})['id']}"
    kind = "#microsoft.graph.taskFileAttachment"
    given = {"@odata.type": kind, "name": "a.txt", "contentBytes": base64.b64encode(b"abc").decode()}
    made = anna.done("POST", f"{one}/attachments", 201, json=given)
    assert (made["size"], made["contentType"]) == (3, "text/plain")
    (listed,) = anna.get(f"{one}/attachments")["value"]
    assert (listed["@odata.type"], "contentBytes" in listed) == (kind, False)
    path = f"{one}/attachments/{made['id']}"
    assert anna.get(path)["contentBytes"] == given["contentBytes"]
    assert anna("GET", f"{path}/$value").content == b"abc"
    described = {"attachmentInfo": {"attachmentType": "file", "name": "big.bin", "size": 6}}
    url = anna.done("POST", f"{one}/attachments/createUploadSession", 201, json=described)["uploadUrl"]
    session = url.partition("/v1.0")[2]
    first = anna.done("PUT", f"{session}/content", 200, content=b"123", headers={"Content-Range": "bytes 0-2/6"})
    assert first["nextExpectedRanges"] == ["3"]
    assert anna.get(session)["nextExpectedRanges"] == ["3"]
    last = anna("PUT", f"{session}/content", content=b"456", headers={"Content-Range": "bytes 3-5/6"})
    assert last.status_code == 201
    assert anna("GET", last.headers["Location"].partition("/v1.0")[2] + "/$value").content == b"123456"
    assert anna.get(one)["hasAttachments"] is True
    for found in anna.get(f"{one}/attachments")["value"]:
        anna.done("DELETE", f"{one}/attachments/{found['id']}", 204)
    assert anna.get(one)["hasAttachments"] is False


def test_changes_of_tasks_are_told_by_delta(anna: Client, tasks: str) -> None:
    made = anna.done("POST", tasks, 201, json={"title": "One"})
    start = anna.get(f"{tasks}/delta")
    assert titles(start) == ["One"]
    one, old = f"{tasks}/{made['id']}", {"If-Match": made["@odata.etag"]}
    anna.done("PATCH", one, 200, json={"title": "Two"}, headers=old)
    for method in ("PATCH", "DELETE"):
        assert anna.refused(method, one, json={"title": "x"}, headers=old) == (412, "ErrorIrresolvableConflict")
    changed = more(anna, start["@odata.deltaLink"])
    assert titles(changed) == ["Two"]
    anna.done("DELETE", one, 204)
    (gone,) = more(anna, changed["@odata.deltaLink"])["value"]
    assert (gone["id"], gone["@removed"]["reason"]) == (made["id"], "deleted")


def test_programs_keep_extensions_with_lists_and_tasks(anna: Client, tasks: str) -> None:
    one = f"{tasks}/{anna.done('POST', tasks, 201, json={'title': 'Ext'})['id']}"
    for owner in (tasks.removesuffix("/tasks"), one):
        anna.done("POST", f"{owner}/extensions", 201, json={"extensionName": "com.x", "size": 3})
        anna.done("PATCH", f"{owner}/extensions/com.x", 200, json={"size": 4})
        assert anna.get(f"{owner}?$expand=extensions")["extensions"][0]["size"] == 4
        assert anna.get(f"{owner}/extensions/com.x")["id"] == "com.x"
        anna.done("DELETE", f"{owner}/extensions/com.x", 204)
        assert anna.get(f"{owner}/extensions")["value"] == []


def test_a_task_is_in_one_list_and_one_mailbox(world: World, anna: Client, tasks: str) -> None:
    made = anna.done("POST", tasks, 201, json={"title": "Mine"})
    assert anna.refused("GET", f"/me/todo/lists/defaultList/tasks/{made['id']}") == (404, "ErrorItemNotFound")
    bert = world.caller(world.tokens.user(BERT, "Tasks.ReadWrite"))
    assert bert.refused("GET", f"{tasks}/{made['id']}") == (404, "ErrorItemNotFound")
    reader = world.caller(world.tokens.app("Tasks.Read.All"))
    theirs = tasks.replace("/me/", f"/users/{ANNA.id}/")
    assert titles(reader.get(theirs)) == ["Mine"]
    assert reader.refused("POST", theirs, json={})[0] == 403
