"""Planner over HTTP: plans, buckets, tasks, what has an ETag of its own, who may."""

from __future__ import annotations

import pytest
from tests.faces.graph.graph_server import ANNA, BERT
from tests.faces.graph.planner.conftest import Yard, make_group

NOBODY = "44444444-4444-4444-8444-444444444444"
HINTED = {"@odata.type": "#microsoft.graph.plannerAssignment", "orderHint": " !"}


def test_a_plan_is_found_by_its_group_and_by_whoever_is_in_it(yard: Yard) -> None:
    plan = yard.plan("Spring")
    assert plan["owner"] == plan["container"]["containerId"] == yard.group
    assert plan["createdBy"]["user"]["id"] == ANNA.id
    of_group = yard.anna.get(f"/groups/{yard.group}/planner/plans")["value"]
    assert plan["id"] in [one["id"] for one in of_group]
    assert plan["id"] in [one["id"] for one in yard.anna.get("/me/planner/plans")["value"]]
    assert yard.anna.get(f"/planner/plans/{plan['id']}")["title"] == "Spring"


def test_a_container_names_the_group_too(yard: Yard) -> None:
    container = {"url": f"https://graph.microsoft.com/v1.0/groups/{yard.group}"}
    made = yard.anna.done("POST", "/planner/plans", 201, json={"container": container, "title": "By URL"})
    assert made["owner"] == yard.group


def test_who_is_not_in_the_group_has_no_part_in_its_plans(yard: Yard) -> None:
    plan = yard.plan()
    task = yard.task(plan["id"])
    assert yard.bert.refused("GET", f"/planner/plans/{plan['id']}")[0] == 403
    assert yard.bert.refused("GET", f"/groups/{yard.group}/planner/plans")[0] == 403
    assert yard.bert.refused("POST", "/planner/plans", json={"owner": yard.group, "title": "Mine"})[0] == 403
    etag = {"If-Match": task["@odata.etag"]}
    assert yard.bert.refused("DELETE", f"/planner/tasks/{task['id']}", headers=etag)[0] == 403
    assert yard.bert.get("/me/planner/plans")["value"] == []
    app = yard.world.caller(yard.world.tokens.app("Tasks.ReadWrite.All"))
    assert app.get(f"/planner/plans/{plan['id']}")["id"] == plan["id"]


def test_a_change_needs_the_etag_of_that_very_object(yard: Yard) -> None:
    task = yard.task(yard.plan()["id"])
    path = f"/planner/tasks/{task['id']}"
    details = yard.anna.get(f"{path}/details")
    assert yard.anna.refused("PATCH", path, json={"title": "x"}) == (400, "")
    assert yard.anna.refused("DELETE", path) == (400, "")
    wrong = {"If-Match": details["@odata.etag"]}
    assert yard.anna.refused("PATCH", path, json={"title": "x"}, headers=wrong) == (412, "")
    assert yard.anna("PATCH", path, json={"title": "x"}, headers={"If-Match": task["@odata.etag"]}).status_code == 204
    assert yard.anna.refused("PATCH", path, json={"title": "y"}, headers={"If-Match": task["@odata.etag"]})[0] == 412
    now = yard.anna.get(path)
    assert now["title"] == "x"
    again = yard.changed(path, now["@odata.etag"], {"title": "z"})
    assert (again["title"], again["@odata.etag"] != now["@odata.etag"]) == ("z", True)


def test_buckets_hold_tasks_and_take_them_along(yard: Yard) -> None:
    plan = yard.plan()["id"]
    bucket = yard.anna.done("POST", "/planner/buckets", 201, json={"name": "Now", "planId": plan, "orderHint": " !"})
    inside, outside = yard.task(plan, "In", bucketId=bucket["id"]), yard.task(plan, "Out")
    assert [one["title"] for one in yard.anna.get(f"/planner/buckets/{bucket['id']}/tasks")["value"]] == ["In"]
    assert {one["title"] for one in yard.anna.get(f"/planner/plans/{plan}/tasks")["value"]} == {"In", "Out"}
    renamed = yard.changed(f"/planner/buckets/{bucket['id']}", bucket["@odata.etag"], {"name": "Later"})
    assert [one["name"] for one in yard.anna.get(f"/planner/plans/{plan}/buckets")["value"]] == ["Later"]
    yard.anna.done("DELETE", f"/planner/buckets/{bucket['id']}", 204, headers={"If-Match": renamed["@odata.etag"]})
    assert yard.anna.refused("GET", f"/planner/tasks/{inside['id']}")[0] == 404
    assert yard.anna.get(f"/planner/tasks/{outside['id']}")["bucketId"] is None


def test_a_task_stays_in_buckets_of_its_plan(yard: Yard) -> None:
    there, here = yard.plan()["id"], yard.plan()["id"]
    bucket = yard.anna.done("POST", "/planner/buckets", 201, json={"name": "Now", "planId": there})
    status, _ = yard.anna.refused(
        "POST", "/planner/tasks", json={"planId": here, "title": "x", "bucketId": bucket["id"]}
    )
    assert status == 400


def test_tasks_are_found_by_who_does_them(yard: Yard) -> None:
    task = yard.task(yard.plan()["id"], "Paint", assignments={BERT.id: HINTED})
    (assigned,) = task["assignments"].values()
    assert assigned["assignedBy"]["user"]["id"] == ANNA.id
    assert not assigned["orderHint"].endswith("!")
    assert task["id"] in [one["id"] for one in yard.bert.get("/me/planner/tasks")["value"]]
    assert task["id"] in [one["id"] for one in yard.anna.get(f"/users/{BERT.id}/planner/tasks")["value"]]
    path, etag = f"/planner/tasks/{task['id']}", task["@odata.etag"]
    changed = yard.changed(path, etag, {"assignments": {ANNA.id: HINTED, BERT.id: None}})
    assert list(changed["assignments"]) == [ANNA.id]
    assert task["id"] not in [one["id"] for one in yard.bert.get("/me/planner/tasks")["value"]]
    assert yard.anna.refused("PATCH", path, headers={"If-Match": changed["@odata.etag"]},
                             json={"assignments": {NOBODY: HINTED}})[0] == 400  # fmt: skip


def test_a_task_that_is_done_says_when_and_by_whom(yard: Yard) -> None:
    task = yard.task(yard.plan()["id"], priority=1, dueDateTime="2024-02-01T10:00:00Z")
    path = f"/planner/tasks/{task['id']}"
    assert (task["percentComplete"], task["completedBy"], task["priority"]) == (0, None, 1)
    done = yard.changed(path, task["@odata.etag"], {"percentComplete": 100})
    assert (done["completedDateTime"], done["completedBy"]["user"]["id"]) == ("2024-01-31T10:00:00Z", ANNA.id)
    undone = yard.changed(path, done["@odata.etag"], {"percentComplete": 50})
    assert (undone["completedDateTime"], undone["completedBy"]) == (None, None)


@pytest.mark.parametrize("wrong", [{"percentComplete": 101}, {"priority": 11}, {"title": ""}, {"orderHint": "b a!"},
                                   {"orderHint": "?"}, {"appliedCategories": {"category26": True}}, {"nonsense": 1},
                                   {"planId": "other"}, {"assignments": [1]}])  # fmt: skip
def test_what_a_task_cannot_be_is_refused(yard: Yard, wrong: dict[str, object]) -> None:
    task = yard.task(yard.plan()["id"])
    etag = {"If-Match": task["@odata.etag"]}
    assert yard.anna.refused("PATCH", f"/planner/tasks/{task['id']}", json=wrong, headers=etag)[0] == 400


def test_maps_are_merged_and_null_or_false_removes(yard: Yard) -> None:
    task = yard.task(yard.plan()["id"], appliedCategories={"category1": True, "category25": True})
    changed = yard.changed(
        f"/planner/tasks/{task['id']}",
        task["@odata.etag"],
        {"appliedCategories": {"category2": True, "category1": False}},
    )
    assert changed["appliedCategories"] == {"category2": True, "category25": True}


def test_an_order_hint_is_never_nothing(yard: Yard) -> None:
    task = yard.task(yard.plan()["id"], orderHint=" !")
    changed = yard.changed(
        f"/planner/tasks/{task['id']}",
        task["@odata.etag"],
        {"orderHint": "", "previewType": None, "title": "Still there"},
    )
    assert (changed["orderHint"], changed["previewType"]) == (task["orderHint"], "automatic")


def test_details_are_counted_in_the_task(yard: Yard) -> None:
    task = yard.task(yard.plan()["id"])
    path = f"/planner/tasks/{task['id']}"
    first, second = "95e27074-6c4a-447a-aa24-9d718a0b86fa", "b2e5c1a0-0000-4000-8000-000000000001"
    url = "https%3A//one%2Etest/a#b"
    details = yard.changed(f"{path}/details", yard.anna.get(f"{path}/details")["@odata.etag"], {
        "description": "With the large broom",
        "checklist": {one: {"@odata.type": "microsoft.graph.plannerChecklistItem", "title": one[:4]}
                      for one in (first, second)},
        "references": {url: {"@odata.type": "microsoft.graph.plannerExternalReference", "alias": "How"}},
        "previewType": "checklist",
    })  # fmt: skip
    assert details["id"] == task["id"]
    assert details["references"].keys() == {"https%3A//one%2Etest/a%23b"}
    details = yard.changed(f"{path}/details", details["@odata.etag"], {"checklist": {first: {"isChecked": True}}})
    assert details["checklist"][first]["title"] == "95e2"
    now = yard.anna.get(path)
    counted = {name: now[name] for name in ("checklistItemCount", "activeChecklistItemCount", "referenceCount")}
    assert counted == {"checklistItemCount": 2, "activeChecklistItemCount": 1, "referenceCount": 1}
    assert (now["hasDescription"], now["previewType"]) == (True, "checklist")
    expanded = yard.anna.get(f"{path}?$expand=details")
    assert expanded["details"]["description"] == "With the large broom"
    gone = yard.changed(f"{path}/details", details["@odata.etag"], {"checklist": {first: None}})
    assert gone["checklist"].keys() == {second}


def test_a_plan_names_its_categories(yard: Yard) -> None:
    path = f"/planner/plans/{yard.plan()['id']}/details"
    before = yard.anna.get(path)
    given = {"categoryDescriptions": {"category1": "Outside"}, "sharedWith": {BERT.id: True}}
    after = yard.changed(path, before["@odata.etag"], given)
    assert (after["categoryDescriptions"]["category1"], after["categoryDescriptions"]["category2"]) == ("Outside", None)
    assert after["sharedWith"] == {BERT.id: True}
    assert yard.changed(path, after["@odata.etag"], {"sharedWith": {BERT.id: False}})["sharedWith"] == {}


def test_places_on_boards_have_etags_of_their_own(yard: Yard) -> None:
    path = f"/planner/tasks/{yard.task(yard.plan()['id'])['id']}"
    board = yard.anna.get(f"{path}/bucketTaskBoardFormat")
    changed = yard.changed(
        f"{path}/bucketTaskBoardFormat", board["@odata.etag"], {"orderHint": f"{board['orderHint']} !"}
    )
    assert changed["orderHint"] > board["orderHint"]
    board = yard.anna.get(f"{path}/assignedToTaskBoardFormat")
    given = {"orderHintsByAssignee": {ANNA.id: " !"}}
    changed = yard.changed(f"{path}/assignedToTaskBoardFormat", board["@odata.etag"], given)
    assert changed["orderHintsByAssignee"].keys() == {ANNA.id}


def test_a_plan_goes_with_all_that_is_in_it(yard: Yard) -> None:
    plan = yard.plan()
    task = yard.task(plan["id"])
    yard.anna.done("DELETE", f"/planner/plans/{plan['id']}", 204, headers={"If-Match": plan["@odata.etag"]})
    assert yard.anna.refused("GET", f"/planner/tasks/{task['id']}")[0] == 404
    assert yard.anna.refused("GET", f"/planner/plans/{plan['id']}/buckets")[0] == 404


def test_with_a_group_goes_what_it_owns(yard: Yard) -> None:
    group = make_group(yard.anna, "short-lived")
    plan = yard.anna.done("POST", "/planner/plans", 201, json={"owner": group, "title": "Soon gone"})
    yard.task(plan["id"])
    yard.anna.done("DELETE", f"/groups/{group}", 204)
    assert yard.anna.refused("GET", f"/planner/plans/{plan['id']}")[0] == 404
    with yard.world.workspace.store.read() as unit:
        assert unit.items.roots(group) == []
