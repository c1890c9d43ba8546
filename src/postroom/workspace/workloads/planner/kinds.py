"""The kinds of items that Planner consists of.

A plan is a root in the mailbox of its group; buckets and tasks lie in the plan. What has an ETag of its own is an item
of its own: details of a plan lie in the plan, details and board formats of a task in the task. Graph shows these under
the id of what they lie in.
"""

from __future__ import annotations

from typing import Final

from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store.kinds import Kind

PLAN: Final = "plannerPlan"
BUCKET: Final = "plannerBucket"
TASK: Final = "plannerTask"
PLAN_DETAILS: Final = "plannerPlanDetails"
TASK_DETAILS: Final = "plannerTaskDetails"
BY_ASSIGNEE: Final = "plannerAssignedToTaskBoardTaskFormat"
BY_BUCKET: Final = "plannerBucketTaskBoardTaskFormat"
BY_PROGRESS: Final = "plannerProgressTaskBoardTaskFormat"
FORMATS: Final = (BY_ASSIGNEE, BY_BUCKET, BY_PROGRESS)

ASSIGNED: Final = "plannerAssigned"
"""The name of the links from a task to who does it."""

KINDS: Final = tuple(Kind(one) for one in (PLAN, BUCKET, TASK, PLAN_DETAILS, TASK_DETAILS, *FORMATS))
TYPES: Final = {kind.type: SCHEMA.entity(kind.type) for kind in KINDS}
