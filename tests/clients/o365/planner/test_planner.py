"""Planner: what is asked of the service, and what is made of its answers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.clients.o365.mail.doubles import REFUSED, Answer, Recorder, page

from O365.connection import MSGraphProtocol
from O365.planner import Bucket, Plan, Planner, Task

PLAN = {"@odata.etag": 'W/"p"', "id": "p", "title": "Yard", "container": {"containerId": "g"},
        "createdDateTime": "2024-01-31T10:00:00Z"}  # fmt: skip
BUCKET = {"@odata.etag": 'W/"b"', "id": "b", "name": "Now", "planId": "p", "orderHint": "5"}
TASK = {"@odata.etag": 'W/"t"', "id": "t", "planId": "p", "bucketId": "b", "title": "Sweep", "percentComplete": 0,
        "priority": 5, "assignments": {}, "dueDateTime": "2024-02-01T10:00:00Z"}  # fmt: skip
LINK = "https://graph.microsoft.com/v1.0/more"


@pytest.fixture
def con() -> Recorder:
    return Recorder()


@pytest.fixture
def planner(con: Recorder) -> Planner:
    return Planner(con=con, protocol=MSGraphProtocol(timezone="Europe/Berlin"))


@pytest.fixture
def plan(planner: Planner) -> Plan:
    return Plan(parent=planner, __cloud_data__=PLAN)


@pytest.fixture
def bucket(plan: Plan) -> Bucket:
    return Bucket(parent=plan, __cloud_data__=BUCKET)


@pytest.fixture
def task(bucket: Bucket) -> Task:
    return Task(parent=bucket, __cloud_data__=TASK)


def test_things_are_found_by_their_ids(planner: Planner, con: Recorder) -> None:
    con.will(Answer(PLAN), Answer(BUCKET), Answer(TASK))
    plan, bucket, task = planner.get_plan_by_id("p"), planner.get_bucket_by_id("b"), planner.get_task_by_id("t")
    assert [str(one) for one in (plan, bucket, task)] == ["Plan: Yard", "Bucket: Now", "Task: Sweep"]
    assert plan
    assert plan.group_id == "g"
    assert task
    assert task.due_date_time
    assert task.due_date_time.hour == 11
    assert [call.path for call in con.calls] == ["/planner/plans/p", "/planner/buckets/b", "/planner/tasks/t"]


def test_what_has_no_id_is_not_asked_for(planner: Planner, con: Recorder) -> None:
    for ask in (planner.get_plan_by_id, planner.get_bucket_by_id, planner.get_task_by_id, planner.list_user_tasks,
                planner.list_group_plans):  # fmt: skip
        with pytest.raises(RuntimeError, match="Provide the"):
            ask()
    with pytest.raises(RuntimeError, match="owner"):
        planner.create_plan("")
    assert con.calls == []


def test_lists_have_all_pages(planner: Planner, plan: Plan, bucket: Bucket, con: Recorder) -> None:
    con.will(*[page(TASK, link=LINK), page({**TASK, "id": "2"})] * 3)
    assert len(planner.get_my_tasks()) == len(bucket.list_tasks()) == len(list(plan.list_tasks())) == 2
    con.will(page(PLAN), page(TASK), page(BUCKET, link=LINK), page(BUCKET))
    assert planner.list_group_plans("g") == [plan]
    assert len(planner.list_user_tasks("u")) == 1
    assert len(plan.list_buckets()) == 2
    paths = [call.path for call in con.calls if call.url != LINK]
    assert paths == ["/me/planner/tasks", "/planner/buckets/b/tasks", "/planner/plans/p/tasks",
                     "/groups/g/planner/plans", "/users/u/planner/tasks", "/planner/plans/p/buckets"]  # fmt: skip


def test_a_change_names_the_state_that_it_is_of_and_learns_the_new_one(task: Task, con: Recorder) -> None:
    con.will(Answer({**TASK, "@odata.etag": 'W/"t2"', "title": "Sweep well", "percentComplete": 100}), Answer(TASK))
    assert task.update(title="Sweep well", percent_complete=100)
    assert con.last.headers == {"If-Match": 'W/"t"', "Prefer": "return=representation"}
    # The original keeps what it had.
    assert (task.title, task.percent_complete) == ("Sweep well", 100)
    assert task.update(applied_categories={"category1": None}, bucket_id="c")
    assert con.last.headers["If-Match"] == 'W/"t2"'
    assert con.last.data == {"appliedCategories": {"category1": None}, "bucketId": "c"}


def test_after_a_refused_change_the_state_is_the_one_before(task: Task, con: Recorder) -> None:
    con.will(REFUSED)
    assert not task.update(title="x")
    assert task.title == "Sweep"
    task.update(title="y")
    assert con.last.headers["If-Match"] == 'W/"t"'


def test_times_are_sent_in_utc(task: Task, con: Recorder) -> None:
    """The original writes a Z behind whatever the clock shows."""
    berlin = dt.datetime(2024, 2, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    task.update(due_date_time=berlin, start_date_time=dt.date(2024, 1, 31))
    assert con.last.data == {"dueDateTime": "2024-02-01T11:00:00Z", "startDateTime": "2024-01-31T00:00:00Z"}
    task.update(due_date_time=None)
    assert con.last.data == {"dueDateTime": None}


def test_keywords_that_nobody_knows_are_not_sent(bucket: Bucket, plan: Plan, task: Task, con: Recorder) -> None:
    """The original lets pass whatever is a part of a known one."""
    assert not plan.update(nonsense=1)
    assert not bucket.update()
    assert not task.update(e=1, itle=2)
    assert con.calls == []
    bucket.create_task("Sweep", e=1, priority=3)
    assert con.last.data == {
        "title": "Sweep", "assignments": {"@odata.type": "microsoft.graph.plannerAssignments"}, "bucketId": "b",
        "planId": "p", "priority": 3,
    }  # fmt: skip


def test_details_are_typed_and_their_links_encoded(task: Task, con: Recorder) -> None:
    told: dict[str, Any] = {"@odata.etag": 'W/"d"', "id": "t", "description": "", "checklist": {}, "references": {}}
    con.will(Answer(told), Answer({**told, "description": "Well", "@odata.etag": 'W/"e"'}))
    details = task.get_details()
    assert details
    assert details.update(
        description="Well", checklist={"1": {"title": "Corners"}, "2": None},
        references={"https://one.test/a@b#c": {"alias": "How"}, "https%3A//two%2Etest": None},
    )  # fmt: skip
    assert con.last.headers["If-Match"] == 'W/"d"'
    assert con.last.data == {
        "description": "Well",
        "checklist": {"1": {"title": "Corners", "@odata.type": "#microsoft.graph.plannerChecklistItem"}, "2": None},
        "references": {
            "https%3A//one%2Etest/a%40b%23c": {
                "alias": "How", "@odata.type": "#microsoft.graph.plannerExternalReference"},
            "https%3A//two%2Etest": None,
        },
    }  # fmt: skip
    assert details.description == "Well"


def test_plans_and_buckets_are_made_and_removed(planner: Planner, plan: Plan, con: Recorder) -> None:
    con.will(Answer(PLAN), Answer(BUCKET), Answer({**PLAN, "sharedWith": {"u": True}}), Answer({}))
    assert planner.create_plan("g", "Yard") == plan
    assert con.last.data == {"owner": "g", "title": "Yard"}
    assert plan.create_bucket("Now")
    assert con.last.data == {"name": "Now", "orderHint": " !", "planId": "p"}
    details = plan.get_details()
    assert details
    assert details.update(shared_with={"u": False}, category_descriptions={"category1": "Wet"})
    assert plan.delete()
    assert (con.last.headers, plan.object_id) == ({"If-Match": 'W/"p"'}, None)
