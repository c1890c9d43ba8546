"""Microsoft To Do: lists of tasks."""

from __future__ import annotations

from typing import Any, ClassVar

from O365._attributes import Attribute, Resource, maybe_text
from O365._checklist import ChecklistItem as ChecklistItem
from O365._component import ApiComponent as ApiComponent
from O365._listing import everything, paged
from O365._paging import Pagination, conditions
from O365._recipients import TrackerSet as TrackerSet
from O365._task import CONST_GET_CHECKLIST as CONST_GET_CHECKLIST
from O365._task import CONST_GET_CHECKLISTS as CONST_GET_CHECKLISTS
from O365._task import CONST_TASK as CONST_TASK
from O365._task import CONST_TASK_FOLDER as CONST_TASK_FOLDER
from O365._task import Task as Task
from O365._task import options
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
CONST_GET_FOLDER = "get_folder"
CONST_GET_TASK = "get_task"
CONST_GET_TASKS = "get_tasks"
CONST_ROOT_FOLDERS = "root_folders"
CONST_ROOT_FOLDERS_DELTA = "root_folders_delta"


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
        url = self._url(CONST_GET_TASKS)
        return paged(self, url, options(query, batch, order_by), self.task_constructor, folder_id=self.folder_id)

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
