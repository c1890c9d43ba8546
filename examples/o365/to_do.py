"""Make a list of tasks, tick off the first, and print what is done."""

from __future__ import annotations

from examples.o365.connection import connect, parser


def main(arguments: list[str] | None = None) -> None:
    made = parser(__doc__)
    made.add_argument("name")
    made.add_argument("tasks", nargs="+")
    options = made.parse_args(arguments)
    todo = connect(options, "tasks_all").tasks()
    found = todo.get_folder(folder_name=options.name) or todo.new_folder(options.name)
    assert found is not None
    made_now = [found.new_task(subject) for subject in options.tasks]
    for task in made_now:
        task.save()
        print(f"{found.name}: {task.subject}")
    made_now[0].mark_completed()
    made_now[0].save()
    for task in found.get_tasks(query="status eq 'completed'"):
        print(f"Done: {task.subject}")


if __name__ == "__main__":
    main()
