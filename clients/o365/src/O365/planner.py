"""Microsoft Planner: plans of groups, their buckets and tasks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from datetime import date as date
from datetime import datetime as datetime
from typing import Any, ClassVar, TypeVar

from O365._attributes import Attribute, Json, Resource, instant, maybe_text, plain, text
from O365._component import ApiComponent as ApiComponent
from O365._flows.paging import page_of
from O365._listing import everything
from O365._names import NEXT_LINK_KEYWORD as NEXT_LINK_KEYWORD
from O365._paging import Pagination as Pagination
from O365._paging import built
from O365._urls import segment

T = TypeVar("T")
_FIRST = " !"
"""The order hint that asks for the place in front of all others."""
_ASSIGNMENTS = "microsoft.graph.plannerAssignments"
_CHECKLIST_ITEM = "#microsoft.graph.plannerChecklistItem"
_REFERENCE = "#microsoft.graph.plannerExternalReference"
_IN_KEYS = str.maketrans({".": "%2E", ":": "%3A", "@": "%40", "#": "%23"})
"""URLs are names of properties, which have none of these. What is encoded already stays."""


class _Planned(Resource):
    """Something that several people change: the service is told which state of it a change is of."""

    _etag = maybe_text("@odata.etag")
    _writable: ClassVar[frozenset[str]] = frozenset()
    """Keywords that `update` sends; it passes over others."""

    _eager = True

    object_id = maybe_text("id")

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, con=con, **{**kwargs, "main_resource": ""})

    def _patch(self, endpoint: str, values: Mapping[str, Any]) -> bool:
        """Send what may be changed; whether it was. What the service made of it is told by the object then."""
        data = self._data(values, self._writable)
        if not data:
            return False
        headers = {"If-Match": self._etag, "Prefer": "return=representation"}
        response = self.con.patch(self._url(endpoint), data=data, headers=headers)
        if not response:
            return False
        told = response.json() or {}
        self._renew(told, *told)
        return True

    def _data(self, values: Mapping[str, Any], known: Collection[str]) -> Json:
        return {self._cc(name): _written(value) for name, value in values.items() if name in known}

    def _remove(self, endpoint: str) -> bool:
        if not self.con.delete(self._url(endpoint), headers={"If-Match": self._etag}):
            return False
        self.object_id = None
        return True

    def _url(self, endpoint: str) -> str:
        return self.build_url(self._endpoints[endpoint].format(id=segment(self.object_id)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        return self is other or (self.object_id is not None and self.object_id == other.object_id)

    __hash__ = None  # type: ignore[assignment] # the id comes later


class TaskDetails(_Planned):
    """What a task says at length: its description, checklist and links."""

    _endpoints: ClassVar[dict[str, str]] = {"task_detail": "/planner/tasks/{id}/details"}
    _writable = frozenset({"checklist", "description", "preview_type", "references"})

    description: Attribute[str] = plain("description", "")
    references: Attribute[Json] = plain("references", "")
    checklist: Attribute[Json] = plain("checklist", "")
    preview_type: Attribute[str] = plain("previewType", "")

    def __repr__(self) -> str:
        return "Task Details"

    def update(self, **kwargs: Any) -> bool:
        """Change `checklist` (items by GUIDs), `references` (by URLs), `description` or `preview_type`.

        None as an item removes it; those that are not named stay.
        """
        if isinstance(kwargs.get("checklist"), Mapping):
            kwargs["checklist"] = {key: _typed(one, _CHECKLIST_ITEM) for key, one in kwargs["checklist"].items()}
        if isinstance(kwargs.get("references"), Mapping):
            kwargs["references"] = {
                str(url).translate(_IN_KEYS): _typed(one, _REFERENCE) for url, one in kwargs["references"].items()
            }
        return self._patch("task_detail", kwargs)


class PlanDetails(_Planned):
    """Who a plan is shared with, and what its categories are called."""

    _endpoints: ClassVar[dict[str, str]] = {"plan_detail": "/planner/plans/{id}/details"}
    _writable = frozenset({"shared_with", "category_descriptions"})

    shared_with: Attribute[Json] = plain("sharedWith", "")
    category_descriptions: Attribute[Json] = plain("categoryDescriptions", "")

    def __repr__(self) -> str:
        return "Plan Details"

    def update(self, **kwargs: Any) -> bool:
        """Change `shared_with` (True or False by ids of users) or `category_descriptions`."""
        return self._patch("plan_detail", kwargs)


class Task(_Planned):
    """A task of a plan."""

    _endpoints: ClassVar[dict[str, str]] = {
        "get_details": "/planner/tasks/{id}/details",
        "task": "/planner/tasks/{id}",
    }
    _writable = frozenset({
        "title", "priority", "assignments", "order_hint", "assignee_priority", "percent_complete", "start_date_time",
        "due_date_time", "preview_type", "conversation_thread_id", "applied_categories", "bucket_id",
    })  # fmt: skip
    task_details_constructor = TaskDetails

    plan_id = maybe_text("planId")
    bucket_id = maybe_text("bucketId")
    title = text("title")
    priority: Attribute[int | str] = plain("priority", "")
    assignments: Attribute[Json] = plain("assignments", "")
    order_hint = text("orderHint")
    assignee_priority = text("assigneePriority")
    percent_complete: Attribute[int | str] = plain("percentComplete", "")
    has_description: Attribute[bool | str] = plain("hasDescription", "")
    created_date = instant("createdDateTime")
    due_date_time = instant("dueDateTime")
    start_date_time = instant("startDateTime")
    completed_date = instant("completedDateTime")
    preview_type = maybe_text("previewType")
    reference_count: Attribute[int | None] = plain("referenceCount")
    checklist_item_count: Attribute[int | None] = plain("checklistItemCount")
    active_checklist_item_count: Attribute[int | None] = plain("activeChecklistItemCount")
    conversation_thread_id = maybe_text("conversationThreadId")
    applied_categories: Attribute[Json | None] = plain("appliedCategories")

    def __repr__(self) -> str:
        return f"Task: {self.title}"

    def get_details(self) -> TaskDetails | None:
        """Description, checklist and links, which the service keeps apart."""
        if not self.object_id:
            return None
        return _one(self, self.con.get(self._url("get_details")), self.task_details_constructor)

    def update(self, **kwargs: Any) -> bool:
        """Change what is named: `title`, `percent_complete`, `due_date_time`, `assignments`, …; others are passed over.

        In `assignments` and `applied_categories` what is not named stays; None or False removes. A time without a
        zone is UTC.
        """
        return self._patch("task", kwargs)

    def delete(self) -> bool:
        return self._remove("task")


class Bucket(_Planned):
    """A column of a plan."""

    _endpoints: ClassVar[dict[str, str]] = {
        "list_tasks": "/planner/buckets/{id}/tasks",
        "create_task": "/planner/tasks",
        "bucket": "/planner/buckets/{id}",
    }
    _writable = frozenset({"name", "order_hint"})
    task_constructor = Task

    name = text("name")
    order_hint = text("orderHint")
    plan_id = maybe_text("planId")

    def __repr__(self) -> str:
        return f"Bucket: {self.name}"

    def list_tasks(self) -> list[Task]:
        """All tasks in it."""
        return _all(self, self._url("list_tasks"), self.task_constructor)

    def create_task(self, title: str, assignments: Json | None = None, **kwargs: Any) -> Task | None:
        """A new task in it. `assignments` by ids of users; keywords as those of `Task.update`."""
        known = self.task_constructor._writable - {"title", "assignments", "bucket_id"}
        data = {
            self._cc("title"): title,
            self._cc("assignments"): assignments or {"@odata.type": _ASSIGNMENTS},
            self._cc("bucketId"): self.object_id,
            self._cc("planId"): self.plan_id,
            **self._data(kwargs, known),
        }
        return _one(self, self.con.post(self.build_url(self._endpoints["create_task"]), data=data),
                    self.task_constructor)  # fmt: skip

    def update(self, **kwargs: Any) -> bool:
        """Change `name` or `order_hint`."""
        return self._patch("bucket", kwargs)

    def delete(self) -> bool:
        """Remove it, with its tasks."""
        return self._remove("bucket")


class Plan(_Planned):
    """A plan, which a group owns."""

    _endpoints: ClassVar[dict[str, str]] = {
        "list_buckets": "/planner/plans/{id}/buckets",
        "list_tasks": "/planner/plans/{id}/tasks",
        "get_details": "/planner/plans/{id}/details",
        "plan": "/planner/plans/{id}",
        "create_bucket": "/planner/buckets",
    }
    _writable = frozenset({"title"})
    bucket_constructor = Bucket
    task_constructor = Task
    plan_details_constructor = PlanDetails

    created_date_time = text("createdDateTime")
    group_id: Attribute[str] = Attribute("container", lambda plan, told: _group_of(plan, told))
    title = text("title")

    def __repr__(self) -> str:
        return f"Plan: {self.title}"

    def list_buckets(self) -> list[Bucket]:
        """All its buckets."""
        return _all(self, self._url("list_buckets"), self.bucket_constructor)

    def list_tasks(self) -> list[Task] | Pagination[Task]:
        """Its tasks: a list, or a Pagination when there are more pages."""
        response = self.con.get(self._url("list_tasks"))
        if not response:
            return []
        page = page_of(response.json())
        tasks = [built(self, self.task_constructor, row, {}) for row in page.rows]
        if not page.next_link:
            return tasks
        return Pagination(parent=self, data=tasks, constructor=self.task_constructor, next_link=page.next_link)

    def get_details(self) -> PlanDetails | None:
        """Names of categories, and who it is shared with."""
        return _one(self, self.con.get(self._url("get_details")), self.plan_details_constructor)

    def create_bucket(self, name: str, order_hint: str = _FIRST) -> Bucket | None:
        """A new bucket. `order_hint` is `"{hint before} {hint after}!"`; either may be missing."""
        data = {self._cc("name"): name, self._cc("orderHint"): order_hint, self._cc("planId"): self.object_id}
        return _one(self, self.con.post(self.build_url(self._endpoints["create_bucket"]), data=data),
                    self.bucket_constructor)  # fmt: skip

    def update(self, **kwargs: Any) -> bool:
        """Change `title`."""
        return self._patch("plan", kwargs)

    def delete(self) -> bool:
        """Remove it, with all that is in it."""
        return self._remove("plan")


class Planner(ApiComponent):
    """Plans, buckets and tasks by their ids, by group and by user."""

    _endpoints: ClassVar[dict[str, str]] = {
        "get_my_tasks": "/me/planner/tasks",
        "get_plan_by_id": "/planner/plans/{plan_id}",
        "get_bucket_by_id": "/planner/buckets/{bucket_id}",
        "get_task_by_id": "/planner/tasks/{task_id}",
        "list_user_tasks": "/users/{user_id}/planner/tasks",
        "list_group_plans": "/groups/{group_id}/planner/plans",
        "create_plan": "/planner/plans",
    }
    plan_constructor = Plan
    bucket_constructor = Bucket
    task_constructor = Task

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        self._adopt(parent, con, {**kwargs, "main_resource": ""})

    def __repr__(self) -> str:
        return "Microsoft Planner"

    def get_my_tasks(self, *args: Any) -> list[Task]:  # noqa: ARG002 - the original takes and ignores them
        """What the user who signed in has to do."""
        return _all(self, self.build_url(self._endpoints["get_my_tasks"]), self.task_constructor)

    def get_plan_by_id(self, plan_id: str | None = None) -> Plan | None:
        """Raises RuntimeError without an id, as the others do."""
        return _one(self, self.con.get(self._url("get_plan_by_id", plan_id=plan_id)), self.plan_constructor)

    def get_bucket_by_id(self, bucket_id: str | None = None) -> Bucket | None:
        return _one(self, self.con.get(self._url("get_bucket_by_id", bucket_id=bucket_id)), self.bucket_constructor)

    def get_task_by_id(self, task_id: str | None = None) -> Task | None:
        return _one(self, self.con.get(self._url("get_task_by_id", task_id=task_id)), self.task_constructor)

    def list_user_tasks(self, user_id: str | None = None) -> list[Task]:
        """What a user has to do."""
        return _all(self, self._url("list_user_tasks", user_id=user_id), self.task_constructor)

    def list_group_plans(self, group_id: str | None = None) -> list[Plan]:
        """All plans of a group."""
        return _all(self, self._url("list_group_plans", group_id=group_id), self.plan_constructor)

    def create_plan(self, owner: str, title: str = "Tasks") -> Plan | None:
        """A new plan of a group. Raises RuntimeError without one."""
        if not owner:
            raise RuntimeError("Provide the owner (group_id)")
        data = {self._cc("owner"): owner, self._cc("title"): title}
        return _one(self, self.con.post(self.build_url(self._endpoints["create_plan"]), data=data),
                    self.plan_constructor)  # fmt: skip

    def _url(self, endpoint: str, **key: str | None) -> str:
        ((name, value),) = key.items()
        if not value:
            raise RuntimeError(f"Provide the {name}")
        return self.build_url(self._endpoints[endpoint].format(**{name: segment(value)}))


def _one(parent: ApiComponent, response: Any, constructor: type[T]) -> T | None:
    """The object of an answer; None for an error that did not raise."""
    found: T | None = built(parent, constructor, response.json(), {}) if response else None
    return found


def _all(parent: ApiComponent, url: str, constructor: type[T]) -> list[T]:
    response = parent.con.get(url)
    return everything(parent, response, constructor) if response else []


def _group_of(plan: Plan, container: Json | None) -> str:
    """Of a newer plan it stands in its container, of an older one it is the owner."""
    found: str = (container or {}).get(plan._cc("containerId")) or plan._told("owner") or ""
    return found


def _typed(entry: Any, kind: str) -> Any:
    return {**entry, "@odata.type": kind} if isinstance(entry, Mapping) else entry


def _written(value: Any) -> Any:
    """Times in UTC; days as their midnight."""
    if isinstance(value, dt.datetime):
        value = value.astimezone(dt.UTC) if value.tzinfo else value
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.strftime("%Y-%m-%dT00:00:00Z") if isinstance(value, dt.date) else value
