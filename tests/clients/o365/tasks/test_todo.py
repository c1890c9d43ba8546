"""Lists, tasks and their steps, and what the original got wrong there."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.clients.o365.mail.doubles import REFUSED, Answer, Recorder, page

from O365.connection import MSGraphProtocol
from O365.tasks import Folder, RecurrencePatternType, RecurrenceRangeType, Task, ToDo, WeekIndex

BERLIN = ZoneInfo("Europe/Berlin")
LISTS = (
    {"id": "a", "displayName": "Strikers"},
    {"id": "d", "displayName": "Tasks", "wellknownListName": "defaultList"},
)
CONTRACT: dict[str, Any] = {
    "id": "T1",
    "title": "Contract",
    "status": "inProgress",
    "importance": "high",
    "isReminderOn": True,
    "body": {"contentType": "html", "content": "<p>Send it</p>"},
    "dueDateTime": {"dateTime": "2026-05-01T00:00:00.0000000", "timeZone": "UTC"},
    "checklistItems": [
        {"id": "i1", "displayName": "Print", "isChecked": True, "checkedDateTime": "2026-01-01T10:00:00Z"}
    ],
    "recurrence": {
        "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["monday"]},
        "range": {"type": "noEnd", "startDate": "2026-05-01"},
    },
}


@pytest.fixture
def con() -> Recorder:
    return Recorder()


@pytest.fixture
def todo(con: Recorder) -> ToDo:
    return ToDo(con=con, protocol=MSGraphProtocol(timezone="Europe/Berlin"))


@pytest.fixture
def folder(todo: ToDo) -> Folder:
    return Folder(parent=todo, __cloud_data__=LISTS[1])


@pytest.fixture
def contract(folder: Folder) -> Task:
    return Task(parent=folder, __cloud_data__=CONTRACT)


def test_lists_are_listed_over_all_pages_found_made_and_changed(con: Recorder, todo: ToDo) -> None:
    con.will(page(LISTS[0], link="https://next"), page(LISTS[1]))
    assert [repr(one) for one in todo.list_folders()] == ["Folder: Strikers", "Folder: Tasks (default)"]
    con.will(page(*LISTS), page(*LISTS), page(*LISTS), Answer(LISTS[0]), Answer({"id": "n"}), page(LISTS[0]))
    found = todo.get_folder(folder_name="Strikers")
    assert found is not None
    default = todo.get_default_folder()
    assert default is not None
    assert default.is_default
    assert len(todo.list_folders(limit=1)) == 1
    assert todo.get_folder("a") == found
    assert todo.new_folder("Defenders") is not None
    assert todo.new_folder("") is None
    assert todo.list_folders_delta() == [found]
    assert con.last.path == "/me/todo/lists/delta"
    found.name = "Forwards"
    assert found.update()
    assert (con.last.path, con.last.data) == ("/me/todo/lists/a", {"displayName": "Forwards"})
    assert found.delete()
    assert not found.update()
    for names in ((), ("a", "b")):
        with pytest.raises(RuntimeError):
            todo.get_folder(*names)


def test_tasks_of_the_default_list(con: Recorder, todo: ToDo) -> None:
    con.will(page(*LISTS), page({"id": "1"}, link="https://next"), page({"id": "2"}), page(*LISTS), page(LISTS[0]))
    assert [task.task_id for task in todo.get_tasks(batch=1, order_by="title")] == ["1", "2"]
    assert con.calls[1].params == {"$top": 1, "$orderby": "title"}
    assert todo.new_task("Contract").folder_id == "d"
    with pytest.raises(RuntimeError, match="default list"):
        todo.new_task()


def test_a_task_reads_what_the_service_told(contract: Task) -> None:
    assert repr(contract) == "Task: (o) Contract (due: 2026-05-01 at 02:00:00)"
    assert (contract.is_starred, contract.is_reminder_on, contract.is_completed) == (True, True, False)
    assert contract.get_body_text() == "Send it"
    assert [repr(item) for item in contract.checklist_items] == [
        "Checklist Item: (x) Print (checked: 2026-01-01 at 11:00:00)"
    ]
    assert len(contract.checklist_items) == 1  # looked at twice
    rule = contract.recurrence
    assert rule is not None
    assert (rule.pattern.pattern_type, rule.pattern.days_of_week) == (RecurrencePatternType.WEEKLY, ["monday"])
    assert (rule.pattern.index, rule.range.range_type) == (None, RecurrenceRangeType.NOEND)
    assert str(rule) == "Pattern: weekly, interval 1; Range: noEnd, from 2026-05-01"
    assert Task(parent=contract).recurrence is None
    assert WeekIndex("last") is WeekIndex.LAST


def test_a_new_task_is_created_in_its_list_with_what_the_service_adds(con: Recorder, folder: Folder) -> None:
    task = folder.new_task("Contract")
    task.due = dt.datetime(2026, 5, 1, 18, 30)
    con.will(REFUSED, Answer({**CONTRACT, "status": "notStarted"}))
    assert not task.save()
    assert task.save()
    assert con.last.path == "/me/todo/lists/d/tasks"
    assert con.last.data == {
        "title": "Contract",
        "status": "notStarted",
        "body": None,
        "dueDateTime": {"dateTime": "2026-05-01T18:30:00", "timeZone": "W. Europe Standard Time"},
        "reminderDateTime": None,
    }
    assert (task.task_id, task.importance) == ("T1", "high")
    with pytest.raises(RuntimeError):
        folder.new_task().delete()


def test_only_what_was_changed_of_a_task_is_sent(con: Recorder, contract: Task) -> None:
    assert contract.save()
    contract.due = None
    contract.body = "Later"
    con.will(Answer(CONTRACT), Answer({**CONTRACT, "status": "completed"}), Answer(CONTRACT))
    assert contract.save()
    assert con.last.data == {"dueDateTime": None, "body": {"contentType": "html", "content": "Later"}}
    contract.mark_completed()
    assert contract.is_completed
    assert contract.save()
    assert con.last.data == {"status": "completed"}
    contract.completed = dt.datetime(2026, 5, 2, 8, tzinfo=dt.UTC)
    assert contract.completed == dt.datetime(2026, 5, 2, 10, tzinfo=BERLIN)
    contract.completed = None
    assert (contract.is_completed, contract.status) == (False, "notStarted")
    with pytest.raises(ValueError, match="reminder"):
        contract.reminder = "soon"
    assert contract.delete()


def test_tasks_are_found_by_their_id_or_by_a_query(con: Recorder, folder: Folder, contract: Task) -> None:
    con.will(Answer(CONTRACT), page(CONTRACT))
    assert folder.get_task("T1") == contract
    assert folder.get_task(folder.new_query().equals("title", "Contract")) == contract
    assert con.last.params == {"$top": 1, "$filter": "title eq 'Contract'"}
    assert folder.get_task(None) is None


def test_steps_of_a_task(con: Recorder, contract: Task) -> None:
    step = contract.new_checklist_item("Print")
    con.will(Answer({"id": "i2"}), Answer({"id": "i2", "isChecked": True, "checkedDateTime": "2026-01-01T10:00:00Z"}))
    assert step.save()
    assert (con.last.path, con.last.data) == (
        "/me/todo/lists/d/tasks/T1/checklistItems", {"displayName": "Print", "isChecked": False})  # fmt: skip
    step.mark_checked()
    assert step.save()
    assert (con.last.path, con.last.data) == ("/me/todo/lists/d/tasks/T1/checklistItems/i2", {"isChecked": True})
    assert step.checked == dt.datetime(2026, 1, 1, 11, tzinfo=BERLIN)
    step.mark_unchecked()
    assert not step.is_checked
    con.will(page(CONTRACT["checklistItems"][0]), Answer(CONTRACT["checklistItems"][0]), page())
    (found,) = contract.get_checklist_items()
    assert (found.folder_id, found.task_id, contract.get_checklist_item("i1")) == ("d", "T1", found)
    assert contract.get_checklist_item(contract.new_query().equals("display_name", "x")) is None
    assert contract.get_checklist_item(None) is None
    assert step.delete()
    with pytest.raises(RuntimeError):
        contract.new_checklist_item().delete()
