"""A plan of a group: buckets, a task with a checklist and somebody who does it, and what is done."""

from __future__ import annotations

from uuid import uuid4

from examples.o365.connection import connect, parser


def main(arguments: list[str] | None = None) -> None:
    made = parser(__doc__)
    made.add_argument("group", help="the id of the group")
    made.add_argument("--who", help="the id of a user")
    options = made.parse_args(arguments)
    planner = connect(options, "tasks_all").planner()
    plan = planner.create_plan(options.group, "Spring cleaning")
    bucket = plan.create_bucket("This week") if plan else None
    if plan is None or bucket is None:
        raise SystemExit("The plan was not made.")
    assigned = {"@odata.type": "#microsoft.graph.plannerAssignment", "orderHint": " !"}
    task = bucket.create_task("Sweep the yard", assignments={options.who: assigned} if options.who else None)
    details = task.get_details() if task else None
    if task is None or details is None:
        raise SystemExit("The task was not made.")
    details.update(checklist={str(uuid4()): {"title": title} for title in ("Corners", "Stairs")})
    task.update(percent_complete=50)
    for one in plan.list_tasks():
        print(f"{one.title}: {one.percent_complete} %, {one.active_checklist_item_count} things to do")


if __name__ == "__main__":
    main()
