"""The facade of To Do: what faces call."""

from __future__ import annotations

from postroom.workspace.store.store import Store
from postroom.workspace.workloads.items.extensions import Extensions
from postroom.workspace.workloads.items.uploads import Uploads
from postroom.workspace.workloads.todo.attachments import Files, Uploaded
from postroom.workspace.workloads.todo.kinds import CHECK, LINKED, LIST, TASK
from postroom.workspace.workloads.todo.lists import Lists
from postroom.workspace.workloads.todo.parts import Parts
from postroom.workspace.workloads.todo.tasks import Tasks


class Todo:
    """All methods of its parts take the UUID of a mailbox first."""

    def __init__(self, store: Store, uploads: Uploads) -> None:
        self.lists = Lists(store)
        self.files = Files(store)
        self.tasks = Tasks(store, self.files)
        self.steps = Parts(store, CHECK)
        self.links = Parts(store, LINKED)
        self.list_extensions = Extensions(store, LIST)
        self.task_extensions = Extensions(store, TASK)
        uploads.targets[TASK] = Uploaded()
