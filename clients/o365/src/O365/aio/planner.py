"""The async classes of `O365.planner`; `make docs` writes them."""

# mypy: disable-error-code="no-any-return, override"
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from O365.aio._twin import Listing, Twin
from O365.planner import _FIRST

if TYPE_CHECKING:
    from O365._attributes import Json


class Planner(Twin):
    """Plans, buckets and tasks by their ids, by group and by user."""

    _home = "O365.planner:Planner"

    async def create_plan(self, owner: str, title: str = "Tasks") -> Plan | None:
        """A new plan of a group. Raises RuntimeError without one."""
        return await self._awaited(self._it.create_plan, owner, title)

    async def get_bucket_by_id(self, bucket_id: str | None = None) -> Bucket | None:
        return await self._awaited(self._it.get_bucket_by_id, bucket_id)

    def get_my_tasks(self, *args: Any) -> Listing[Task]:
        """What the user who signed in has to do."""
        return self._listed(self._it.get_my_tasks, *args)

    async def get_plan_by_id(self, plan_id: str | None = None) -> Plan | None:
        """Raises RuntimeError without an id, as the others do."""
        return await self._awaited(self._it.get_plan_by_id, plan_id)

    async def get_task_by_id(self, task_id: str | None = None) -> Task | None:
        return await self._awaited(self._it.get_task_by_id, task_id)

    def list_group_plans(self, group_id: str | None = None) -> Listing[Plan]:
        """All plans of a group."""
        return self._listed(self._it.list_group_plans, group_id)

    def list_user_tasks(self, user_id: str | None = None) -> Listing[Task]:
        """What a user has to do."""
        return self._listed(self._it.list_user_tasks, user_id)


class Bucket(Twin):
    """A column of a plan."""

    _home = "O365.planner:Bucket"

    async def create_task(self, title: str, assignments: Json | None = None, **kwargs: Any) -> Task | None:
        """A new task in it. `assignments` by ids of users; keywords as those of `Task.update`."""
        return await self._awaited(self._it.create_task, title, assignments, **kwargs)

    async def delete(self) -> bool:
        """Remove it, with its tasks."""
        return await self._awaited(self._it.delete)

    def list_tasks(self) -> Listing[Task]:
        """All tasks in it."""
        return self._listed(self._it.list_tasks)

    async def update(self, **kwargs: Any) -> bool:
        """Change `name` or `order_hint`."""
        return await self._awaited(self._it.update, **kwargs)


class Plan(Twin):
    """A plan, which a group owns."""

    _home = "O365.planner:Plan"

    async def create_bucket(self, name: str, order_hint: str = _FIRST) -> Bucket | None:
        """A new bucket. `order_hint` is `"{hint before} {hint after}!"`; either may be missing."""
        return await self._awaited(self._it.create_bucket, name, order_hint)

    async def delete(self) -> bool:
        """Remove it, with all that is in it."""
        return await self._awaited(self._it.delete)

    async def get_details(self) -> PlanDetails | None:
        """Names of categories, and who it is shared with."""
        return await self._awaited(self._it.get_details)

    def list_buckets(self) -> Listing[Bucket]:
        """All its buckets."""
        return self._listed(self._it.list_buckets)

    def list_tasks(self) -> Listing[Task]:
        """Its tasks: a list, or a Pagination when there are more pages."""
        return self._listed(self._it.list_tasks)

    async def update(self, **kwargs: Any) -> bool:
        """Change `title`."""
        return await self._awaited(self._it.update, **kwargs)


class PlanDetails(Twin):
    """Who a plan is shared with, and what its categories are called."""

    _home = "O365.planner:PlanDetails"

    async def update(self, **kwargs: Any) -> bool:
        """Change `shared_with` (True or False by ids of users) or `category_descriptions`."""
        return await self._awaited(self._it.update, **kwargs)


class Task(Twin):
    """A task of a plan."""

    _home = "O365.planner:Task"

    async def delete(self) -> bool:
        return await self._awaited(self._it.delete)

    async def get_details(self) -> TaskDetails | None:
        """Description, checklist and links, which the service keeps apart."""
        return await self._awaited(self._it.get_details)

    async def update(self, **kwargs: Any) -> bool:
        """Change what is named: `title`, `percent_complete`, `due_date_time`, `assignments`, …; others are passed
        over.
        """
        return await self._awaited(self._it.update, **kwargs)


class TaskDetails(Twin):
    """What a task says at length: its description, checklist and links."""

    _home = "O365.planner:TaskDetails"

    async def update(self, **kwargs: Any) -> bool:
        """Change `checklist` (items by GUIDs), `references` (by URLs), `description` or `preview_type`."""
        return await self._awaited(self._it.update, **kwargs)
