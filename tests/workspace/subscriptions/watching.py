"""A workspace whose changes are told, with a clock that is set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.workspace.mail.house import ANNA, Directory, SetClock, raw

from postroom.settings import Graph, Settings
from postroom.workspace.delivery.notifying_rows import Target
from postroom.workspace.signin.caller import Caller
from postroom.workspace.workloads.mail.watched import folder_number
from postroom.workspace.workspace import Workspace


@dataclass
class Watching:
    workspace: Workspace
    clock: SetClock
    people: Directory
    caller: Caller

    def subscribe(self, url: str, changes: str = "created", *, folder: str = "", query: str = "", **more: Any) -> str:
        """The id of a subscription to Anna's mail, in a folder if one is given."""
        self.workspace.mail.folders.page(ANNA.id, None)
        minutes = more.pop("minutes", 60)
        immutable, push = more.pop("immutable", False), more.pop("push", "")
        end = (self.clock() + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        values = {"changeType": changes, "notificationUrl": url, "resource": "me/messages", "expirationDateTime": end}
        made = self.workspace.subscriptions.create(
            self.caller,
            values | more,
            lambda unit: Target(
                "message", ANNA.id, folder_number(unit, ANNA.id, folder) if folder else None, query=query
            ),
            immutable=immutable,
            push=push,
        )
        return str(made["id"])

    def deliver(self, subject: str = "Roof") -> None:
        self.workspace.mail.deliver("carl@elsewhere.test", [ANNA.address], raw(subject))

    def only(self, folder: str = "inbox") -> dict[str, Any]:
        (found,) = self.workspace.mail.messages.page(ANNA.id, folder).rows
        return found

    def tell(self) -> None:
        self.workspace.notifier.run_once()


@contextmanager
def watching(path: Path, **graph: Any) -> Iterator[Watching]:
    clock, people = SetClock(), Directory()
    settings = Settings(graph=Graph(webhooks_inside=True, **graph))
    with Workspace(path, people, settings, clock) as workspace:
        app = next(iter(workspace.signin.apps.list()), None) or workspace.signin.apps.create("Watcher")
        yield Watching(workspace, clock, people, Caller(app.id, ANNA.id, frozenset(), frozenset(), "t"))
