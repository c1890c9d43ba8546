"""The async classes of `O365.tasks`; `make docs` writes them."""

# mypy: disable-error-code="no-any-return, override"
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from O365.aio._twin import Listing, Twin

if TYPE_CHECKING:
    from collections.abc import Collection

    from bs4 import BeautifulSoup

    from O365._attributes import Json


class ToDo(Twin):
    """All lists of a user."""

    _home = "O365.tasks:ToDo"

    async def get_default_folder(self) -> Folder | None:
        """The list that everybody has."""
        return await self._awaited(self._it.get_default_folder)

    async def get_folder(self, folder_id: str | None = None, folder_name: str | None = None) -> Folder | None:
        """A list by its id or its name. Raises RuntimeError unless one of both is given."""
        return await self._awaited(self._it.get_folder, folder_id, folder_name)

    def get_tasks(self, batch: int | None = None, order_by: str | None = None) -> Listing[Task]:
        """The tasks of the default list."""
        return self._listed(self._it.get_tasks, batch, order_by)

    def list_folders(self, query: Any = None, limit: int | None = None) -> Listing[Folder]:
        """The lists."""
        return self._listed(self._it.list_folders, query, limit)

    def list_folders_delta(self, query: Any = None, limit: int | None = None) -> Listing[Folder]:
        """The lists, as the service tells them to those who keep a copy."""
        return self._listed(self._it.list_folders_delta, query, limit)

    async def new_folder(self, folder_name: str) -> Folder | None:
        """A new list."""
        return await self._awaited(self._it.new_folder, folder_name)

    async def new_task(self, subject: str | None = None) -> Task:
        """A task of the default list that is not saved yet."""
        return await self._awaited(self._it.new_task, subject)


class ChecklistItem(Twin):
    """A step, which is done or not."""

    _home = "O365._checklist:ChecklistItem"

    async def delete(self) -> bool:
        """Delete it. Raises RuntimeError for one that is not saved."""
        return await self._awaited(self._it.delete)

    def mark_checked(self) -> None:
        """It is done; to be saved."""
        return self._given(self._it.mark_checked)

    def mark_unchecked(self) -> None:
        """It is not done yet; to be saved."""
        return self._given(self._it.mark_unchecked)

    async def save(self) -> bool:
        """Create it, or send what was changed."""
        return await self._awaited(self._it.save)

    def to_api_data(self, restrict_keys: Collection[str] | None = None) -> Json:
        """The step as JSON: all of it, or only some keys."""
        return self._given(self._it.to_api_data, restrict_keys)


class Folder(Twin):
    """A list of tasks."""

    _home = "O365.tasks:Folder"

    async def delete(self) -> bool:
        """Delete it, with all its tasks."""
        return await self._awaited(self._it.delete)

    async def get_task(self, param: Any) -> Task | None:
        """The task with an id, or the first that fits a query."""
        return await self._awaited(self._it.get_task, param)

    def get_tasks(self, query: Any = None, batch: int | None = None, order_by: str | None = None) -> Listing[Task]:
        """The tasks; `batch` is the size of a page."""
        return self._listed(self._it.get_tasks, query, batch, order_by)

    def new_task(self, subject: str | None = None) -> Task:
        """A task that is not saved yet."""
        return self._given(self._it.new_task, subject)

    async def update(self) -> bool:
        """Send its name."""
        return await self._awaited(self._it.update)


class Task(Twin):
    """A task."""

    _home = "O365._task:Task"

    async def delete(self) -> bool:
        """Delete it. Raises RuntimeError for one that is not saved."""
        return await self._awaited(self._it.delete)

    def get_body_soup(self) -> BeautifulSoup | None:
        """The body for BeautifulSoup; None when it is no HTML."""
        return self._given(self._it.get_body_soup)

    def get_body_text(self) -> str:
        """The body without HTML."""
        return self._given(self._it.get_body_text)

    async def get_checklist_item(self, param: Any) -> ChecklistItem | None:
        """The step with an id, or the first that fits a query."""
        return await self._awaited(self._it.get_checklist_item, param)

    def get_checklist_items(
        self, query: Any = None, batch: int | None = None, order_by: str | None = None
    ) -> Listing[ChecklistItem]:
        """The steps; `batch` is the size of a page."""
        return self._listed(self._it.get_checklist_items, query, batch, order_by)

    def mark_completed(self) -> None:
        """It is done; to be saved."""
        return self._given(self._it.mark_completed)

    def mark_uncompleted(self) -> None:
        """It is not done yet; to be saved."""
        return self._given(self._it.mark_uncompleted)

    def new_checklist_item(self, displayname: str | None = None) -> ChecklistItem:
        """A step that is not saved yet."""
        return self._given(self._it.new_checklist_item, displayname)

    async def save(self) -> bool:
        """Create it, or send what was changed."""
        return await self._awaited(self._it.save)

    def to_api_data(self, restrict_keys: Collection[str] | None = None) -> Json:
        """The task as JSON: all of it, or only some keys."""
        return self._given(self._it.to_api_data, restrict_keys)
