"""To Do: lists, tasks, and what belongs to a task."""
