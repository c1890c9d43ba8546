"""One task of a list: its field table, and what can be done with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any, ClassVar

from O365._attributes import (
    ALWAYS,
    FILLED,
    NEVER,
    Attribute,
    Field,
    Json,
    Resource,
    instant_field,
    maybe_text,
    text_field,
)
from O365._body import BodyMixin, accept_body, read_body, write_body
from O365._checklist import ChecklistItem
from O365._dates import aware
from O365._listing import paged
from O365._paging import Pagination, conditions, ordering
from O365._todo_recurrence import Recurrence
from O365._urls import segment

CONST_GET_CHECKLIST = "get_checklist"
CONST_GET_CHECKLISTS = "get_checklists"
CONST_TASK = "task"
CONST_TASK_FOLDER = "task_folder"

DONE, TO_DO = "completed", "notStarted"
_STAR = "high"


def _accept_time(name: str) -> Any:
    def accept(task: Task, given: Any) -> dt.datetime | None:
        if given is None:
            return None
        if not isinstance(given, dt.date):
            raise ValueError(f"'{name}' must be a valid datetime object, not {given!r}")  # noqa: TRY004 - documented
        zone = task.protocol.timezone
        return aware(given, zone).astimezone(zone)

    return accept


def _accept_completed(task: Task, given: Any) -> dt.datetime | None:
    """A date of completion completes; none takes that back."""
    when: dt.datetime | None = _accept_time("completed")(task, given)
    task._set_status(TO_DO if when is None else DONE)
    return when


def _time(key: str, accept: Any, sent: str) -> Field[dt.datetime | None]:
    return Field(
        key,
        lambda task, told: task._parse_date_time_time_zone(told),
        accept,
        write=lambda task, when: when and task._build_date_time_time_zone(when),
        sent=sent,
    )


def _read_body_type(task: Task, told: Any) -> str:
    return (told or {}).get(task._cc("contentType")) or "html"


def _read_recurrence(task: Task, told: Json | None) -> Recurrence | None:
    return task.recurrence_constructor(parent=task, **{task._cloud_data_key: told}) if told else None


def _read_items(task: Task, told: list[Json] | None) -> list[ChecklistItem]:
    return [task._item(one) for one in told or ()]


class Task(BodyMixin, Resource):
    """A task."""

    _endpoints: ClassVar[dict[str, str]] = {
        CONST_GET_CHECKLIST: "/todo/lists/{folder_id}/tasks/{id}/checklistItems/{ide}",
        CONST_GET_CHECKLISTS: "/todo/lists/{folder_id}/tasks/{id}/checklistItems",
        CONST_TASK: "/todo/lists/{folder_id}/tasks/{id}",
        CONST_TASK_FOLDER: "/todo/lists/{folder_id}/tasks",
    }
    checklist_item_constructor = ChecklistItem
    recurrence_constructor = Recurrence

    task_id = maybe_text("id")
    subject = text_field("title", settable=True, sent=ALWAYS)
    status: Field[str | None] = Field("status", None, write=lambda _, status: status or TO_DO, sent=ALWAYS)
    body = Field(
        "body",
        read_body,
        accept_body,
        write=lambda task, body: write_body(task, body) if body else None,
        sent=ALWAYS,
    )
    body_type = Attribute("body", _read_body_type, sent=NEVER)
    due = _time("dueDateTime", _accept_time("due"), ALWAYS)
    reminder = _time("reminderDateTime", _accept_time("reminder"), ALWAYS)
    completed = _time("completedDateTime", _accept_completed, FILLED)
    is_reminder_on: Field[bool] = Field("isReminderOn", None, missing=False)
    importance: Field[str | None] = Field("importance", None)
    recurrence = Attribute("recurrence", _read_recurrence, sent=NEVER)
    checklist_items = Field("checklistItems", _read_items, sent=NEVER)
    created = instant_field("createdDateTime")
    modified = instant_field("lastModifiedDateTime")

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, con=con, **kwargs)
        self.folder_id: str | None = kwargs.get("folder_id") or getattr(parent, "folder_id", None)
        if kwargs.get("subject") and self._told("title") is None:
            self._values["title"] = kwargs["subject"]

    def __repr__(self) -> str:
        due = f" (due: {self.due.date()} at {self.due.time()})" if self.due else ""
        done = f" (completed: {self.completed.date()} at {self.completed.time()})" if self.completed else ""
        return f"Task: ({'x' if self.is_completed else 'o'}) {self.subject}{due}{done}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Task):
            return NotImplemented
        return self is other or (self.task_id is not None and self.task_id == other.task_id)

    __hash__ = None  # type: ignore[assignment] # the id comes later

    @property
    def is_starred(self) -> bool:
        """Whether it is important."""
        return (self.importance or "").lower() == _STAR

    @property
    def is_completed(self) -> bool:
        return self.status == DONE

    def to_api_data(self, restrict_keys: Collection[str] | None = None) -> Json:
        """The task as JSON: all of it, or only some keys."""
        return self._json(restrict_keys, known=bool(self.task_id))

    def mark_completed(self) -> None:
        """It is done; to be saved."""
        self._set_status(DONE)

    def mark_uncompleted(self) -> None:
        """It is not done yet; to be saved."""
        self._set_status(TO_DO)

    def save(self) -> bool:
        """Create it, or send what was changed."""
        if not self.task_id:
            response = self.con.post(self._url(CONST_TASK_FOLDER), data=self.to_api_data())
        elif self._track_changes:
            response = self.con.patch(self._url(CONST_TASK), data=self.to_api_data(restrict_keys=self._track_changes))
        else:
            return True
        if not response:
            return False
        self._track_changes.clear()
        self._renew(response.json(), *(row.key for row in self._table))
        return True

    def delete(self) -> bool:
        """Delete it. Raises RuntimeError for one that is not saved."""
        if not self.task_id:
            raise RuntimeError("Attempting to delete an unsaved task")
        return bool(self.con.delete(self._url(CONST_TASK)))

    # Steps.

    def get_checklist_items(
        self, query: Any = None, batch: int | None = None, order_by: str | None = None
    ) -> Pagination[ChecklistItem]:
        """The steps; `batch` is the size of a page."""
        return paged(
            self,
            self._url(CONST_GET_CHECKLISTS),
            options(query, batch, order_by),
            self.checklist_item_constructor,
            folder_id=self.folder_id,
            task_id=self.task_id,
        )

    def get_checklist_item(self, param: Any) -> ChecklistItem | None:
        """The step with an id, or the first that fits a query."""
        if param is None:
            return None
        if not isinstance(param, str):
            return next(self.get_checklist_items(param, batch=1), None)
        response = self.con.get(self._url(CONST_GET_CHECKLIST, param))
        return self._item(response.json()) if response else None

    def new_checklist_item(self, displayname: str | None = None) -> ChecklistItem:
        """A step that is not saved yet."""
        return self.checklist_item_constructor(parent=self, displayname=displayname)

    # How.

    def _set_status(self, status: str) -> None:
        self._values["status"] = status
        self._track_changes.add("status")
        if status != DONE:
            self._values["completedDateTime"] = None

    def _item(self, told: Json) -> ChecklistItem:
        return self.checklist_item_constructor(parent=self, **{self._cloud_data_key: told})

    def _url(self, endpoint: str, item: str | None = None) -> str:
        ids = {"folder_id": self.folder_id, "id": self.task_id, "ide": item}
        return self.build_url(self._endpoints[endpoint].format(**{key: segment(one) for key, one in ids.items()}))


def options(query: Any, batch: int | None, order_by: str | None) -> Json | None:
    """The options of a list. Without a batch the service says how much it puts into a page."""
    return {**({"$top": batch} if batch else {}), **ordering(order_by), **conditions(query)} or None
