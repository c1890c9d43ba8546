"""Microsoft To Do: lists of tasks."""

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
from O365._checklist import ChecklistItem as ChecklistItem
from O365._component import ApiComponent as ApiComponent
from O365._dates import aware
from O365._listing import everything, paged
from O365._paging import Pagination, conditions, ordering
from O365._recipients import TrackerSet as TrackerSet
from O365._todo_recurrence import Pattern as Pattern
from O365._todo_recurrence import Range as Range
from O365._todo_recurrence import Recurrence as Recurrence
from O365._todo_recurrence import RecurrencePatternType as RecurrencePatternType
from O365._todo_recurrence import RecurrenceRangeType as RecurrenceRangeType
from O365._todo_recurrence import WeekIndex as WeekIndex
from O365._urls import segment

CONST_CHECKLIST_ITEM = "checklistitem"
CONST_CHECKLIST_ITEMS = "checklistitems"
CONST_FOLDER = "folder"
CONST_GET_CHECKLIST = "get_checklist"
CONST_GET_CHECKLISTS = "get_checklists"
CONST_GET_FOLDER = "get_folder"
CONST_GET_TASK = "get_task"
CONST_GET_TASKS = "get_tasks"
CONST_ROOT_FOLDERS = "root_folders"
CONST_ROOT_FOLDERS_DELTA = "root_folders_delta"
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
            _options(query, batch, order_by),
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


class Folder(Resource):
    """A list of tasks."""

    _endpoints: ClassVar[dict[str, str]] = {
        CONST_FOLDER: "/todo/lists/{id}",
        CONST_GET_TASKS: "/todo/lists/{id}/tasks",
        CONST_GET_TASK: "/todo/lists/{id}/tasks/{ide}",
    }
    task_constructor = Task

    _eager = True

    name: Attribute[str] = Attribute("displayName", lambda _, told: told or "")
    folder_id = maybe_text("id")
    is_default = Attribute("wellknownListName", lambda _, told: told == "defaultList")

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, con=con, **kwargs)

    def __repr__(self) -> str:
        return f"Folder: {self.name}{' (default)' if self.is_default else ''}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Folder):
            return NotImplemented
        return self is other or (self.folder_id is not None and self.folder_id == other.folder_id)

    __hash__ = None  # type: ignore[assignment] # the id comes and goes

    def update(self) -> bool:
        """Send its name."""
        if not self.folder_id:
            return False
        return bool(self.con.patch(self._url(CONST_FOLDER), data={self._cc("displayName"): self.name}))

    def delete(self) -> bool:
        """Delete it, with all its tasks."""
        if not self.folder_id or not self.con.delete(self._url(CONST_FOLDER)):
            return False
        self.folder_id = None
        return True

    def get_tasks(self, query: Any = None, batch: int | None = None, order_by: str | None = None) -> Pagination[Task]:
        """The tasks; `batch` is the size of a page."""
        url, options = self._url(CONST_GET_TASKS), _options(query, batch, order_by)
        return paged(self, url, options, self.task_constructor, folder_id=self.folder_id)

    def new_task(self, subject: str | None = None) -> Task:
        """A task that is not saved yet."""
        return self.task_constructor(parent=self, subject=subject, folder_id=self.folder_id)

    def get_task(self, param: Any) -> Task | None:
        """The task with an id, or the first that fits a query."""
        if param is None:
            return None
        if not isinstance(param, str):
            return next(self.get_tasks(param, batch=1), None)
        response = self.con.get(self._url(CONST_GET_TASK, param))
        return self.task_constructor(parent=self, **{self._cloud_data_key: response.json()}) if response else None

    def _url(self, endpoint: str, task: str | None = None) -> str:
        return self.build_url(self._endpoints[endpoint].format(id=segment(self.folder_id), ide=segment(task)))


class ToDo(ApiComponent):
    """All lists of a user."""

    _endpoints: ClassVar[dict[str, str]] = {
        CONST_ROOT_FOLDERS: "/todo/lists",
        CONST_ROOT_FOLDERS_DELTA: "/todo/lists/delta",
        CONST_GET_FOLDER: "/todo/lists/{id}",
    }
    folder_constructor = Folder
    task_constructor = Task

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        self._adopt(parent, con, kwargs)

    def __repr__(self) -> str:
        return "Microsoft To-Do"

    def list_folders(self, query: Any = None, limit: int | None = None) -> list[Folder]:
        """The lists."""
        return self._folders(CONST_ROOT_FOLDERS, query, limit)

    def list_folders_delta(self, query: Any = None, limit: int | None = None) -> list[Folder]:
        """The lists, as the service tells them to those who keep a copy."""
        return self._folders(CONST_ROOT_FOLDERS_DELTA, query, limit)

    def new_folder(self, folder_name: str) -> Folder | None:
        """A new list."""
        if not folder_name:
            return None
        url = self.build_url(self._endpoints[CONST_ROOT_FOLDERS])
        return self._made(self.con.post(url, data={self._cc("displayName"): folder_name}))

    def get_folder(self, folder_id: str | None = None, folder_name: str | None = None) -> Folder | None:
        """A list by its id or its name. Raises RuntimeError unless one of both is given."""
        if folder_id and folder_name:
            raise RuntimeError("Provide only one of the options")
        if not folder_id and not folder_name:
            raise RuntimeError("Provide one of the options")
        if folder_name:
            return next((folder for folder in self.list_folders() if folder.name == folder_name), None)
        return self._made(self.con.get(self.build_url(self._endpoints[CONST_GET_FOLDER].format(id=segment(folder_id)))))

    def get_default_folder(self) -> Folder | None:
        """The list that everybody has."""
        return next((folder for folder in self.list_folders() if folder.is_default), None)

    def get_tasks(self, batch: int | None = None, order_by: str | None = None) -> Pagination[Task]:
        """The tasks of the default list."""
        return self._default().get_tasks(batch=batch, order_by=order_by)

    def new_task(self, subject: str | None = None) -> Task:
        """A task of the default list that is not saved yet."""
        return self._default().new_task(subject)

    def _default(self) -> Folder:
        found = self.get_default_folder()
        if found is None:
            raise RuntimeError("The service names no default list.")
        return found

    def _folders(self, endpoint: str, query: Any, limit: int | None) -> list[Folder]:
        params = {**({"$top": limit} if limit else {}), **conditions(query)}
        response = self.con.get(self.build_url(self._endpoints[endpoint]), params=params or None)
        return everything(self, response, self.folder_constructor, limit=limit) if response else []

    def _made(self, response: Any) -> Folder | None:
        return self.folder_constructor(parent=self, **{self._cloud_data_key: response.json()}) if response else None


def _options(query: Any, batch: int | None, order_by: str | None) -> Json | None:
    """The options of a list. Without a batch the service says how much it puts into a page."""
    return {**({"$top": batch} if batch else {}), **ordering(order_by), **conditions(query)} or None
