"""The facade of To Do: what faces call."""

from __future__ import annotations

from postroom.workspace.store.store import Store
from postroom.workspace.workloads.items.extensions import Extensions
from postroom.workspace.workloads.items.uploads import Uploads
from postroom.workspace.workloads.todo.attachments import Files, Uploaded
from postroom.workspace.workloads.todo.kinds import CHECK, LINKED, LIST, TASK
from postroom.workspace.workloads.todo.lists import Lists
from postroom.workspace.workloads.todo.older_folders import Folders, Groups
from postroom.workspace.workloads.todo.older_tasks import OlderTasks
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
        self.groups = Groups(store)
        self.folders = Folders(store, self.lists, self.groups)
        self.older = OlderTasks(store, self.tasks, self.files)
        """Groups, folders and these are what Outlook REST v2.0 has in place of lists and tasks."""
        uploads.targets[TASK] = Uploaded()
