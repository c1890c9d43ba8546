"""Planner: plans of groups, buckets, tasks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from postroom.faces.graph.route import ENTITY, LIST, Route

READ: Final = ("Tasks.Read", "Tasks.ReadWrite", "Group.Read.All", "Group.ReadWrite.All")
WRITE: Final = ("Tasks.ReadWrite", "Group.ReadWrite.All")
READ_APP: Final = ("Tasks.Read.All", "Tasks.ReadWrite.All", "Group.Read.All", "Group.ReadWrite.All")
WRITE_APP: Final = ("Tasks.ReadWrite.All", "Group.ReadWrite.All")
LISTED: Final = LIST - {"search"}
BOARDS: Final = ("assignedToTaskBoardFormat", "bucketTaskBoardFormat", "progressTaskBoardFormat")


def _route(key: str, method: str, path: str, returns: str, doc: str, status: int = 200, **more: Any) -> Route:
    reads = method == "GET"
    options = (LISTED if returns.startswith("[") else ENTITY) if reads else frozenset[str]()
    return Route(f"planner.{key}", method, path, returns, status, family="core", doc=doc, options=options,
                 delegated=READ if reads else WRITE, application=READ_APP if reads else WRITE_APP,
                 takes="json" if method in ("POST", "PATCH") else "none", anyone=True,
                 source="Microsoft Graph v1.0, planner", **more)  # fmt: skip


def _thing(group: str, kind: str, what: str) -> Iterator[Route]:
    """What can be done with a plan, a bucket, a task. A change names the state it is of in `If-Match`."""
    many, one = f"/planner/{group}", f"/planner/{group}/{{{group.removesuffix('s')}}}"
    yield _route(f"{group}.create", "POST", many, kind, f"Make {what}.", 201, o365=True)
    yield _route(f"{group}.get", "GET", one, kind, f"Read {what}.", o365=True)
    yield _route(f"{group}.change", "PATCH", one, kind, f"Change {what}.", 204, o365=True)
    yield _route(f"{group}.delete", "DELETE", one, "", f"Remove {what}.", 204, o365=True)


def _part(path: str, key: str, kind: str, what: str, *, o365: bool = False) -> Iterator[Route]:
    yield _route(f"{key}.get", "GET", path, kind, f"Read {what}.", o365=o365)
    yield _route(f"{key}.change", "PATCH", path, kind, f"Change {what}.", 204, o365=o365)


PLAN: Final = "/planner/plans/{plan}"
TASK: Final = "/planner/tasks/{task}"
ROUTES: Final = (
    *_thing("plans", "plannerPlan", "a plan"),
    *_thing("buckets", "plannerBucket", "a bucket"),
    *_thing("tasks", "plannerTask", "a task"),
    *_part(f"{PLAN}/details", "plan_details", "plannerPlanDetails", "names of categories and who shares it", o365=True),
    *_part(f"{TASK}/details", "task_details", "plannerTaskDetails", "description, checklist, references", o365=True),
    *(route for board in BOARDS for route in _part(f"{TASK}/{board}", board, f"planner{board[0].upper()}{board[1:-6]}"
                                                   "TaskFormat", "the place on a board")),
    _route("plans.of_group", "GET", "/groups/{group}/planner/plans", "[plannerPlan]", "Plans of a group.", o365=True),
    _route("plans.of_user", "GET", "{U}/planner/plans", "[plannerPlan]", "Plans of the groups that a user is in."),
    _route("plans.buckets", "GET", f"{PLAN}/buckets", "[plannerBucket]", "Buckets of a plan.", o365=True),
    _route("plans.tasks", "GET", f"{PLAN}/tasks", "[plannerTask]", "Tasks of a plan.", o365=True),
    _route("buckets.tasks", "GET", "/planner/buckets/{bucket}/tasks", "[plannerTask]", "Tasks of a bucket.", o365=True),
    _route("tasks.of_user", "GET", "{U}/planner/tasks", "[plannerTask]", "What a user has to do.", o365=True),
)  # fmt: skip
