"""One server for all tests of Planner, with a group of Anna's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.faces.graph.graph_server import ANNA, BERT, Client, World, running

SCOPES = ("Tasks.ReadWrite", "Group.ReadWrite.All", "User.Read.All")


@dataclass
class Yard:
    """Anna owns the group; Bert is not in it."""

    world: World
    anna: Client
    bert: Client
    group: str

    def plan(self, title: str = "Yard") -> dict[str, Any]:
        made: dict[str, Any] = self.anna.done("POST", "/planner/plans", 201, json={"owner": self.group, "title": title})
        return made

    def task(self, plan: str, title: str = "Sweep", **more: Any) -> dict[str, Any]:
        given = {"planId": plan, "title": title, **more}
        made: dict[str, Any] = self.anna.done("POST", "/planner/tasks", 201, json=given)
        return made

    def changed(self, path: str, etag: str, values: dict[str, Any]) -> dict[str, Any]:
        headers = {"If-Match": etag, "Prefer": "return=representation"}
        made: dict[str, Any] = self.anna.done("PATCH", path, 200, json=values, headers=headers)
        return made


def make_group(client: Client, nickname: str, **more: Any) -> str:
    given = {"displayName": nickname.title(), "mailNickname": nickname, "mailEnabled": False, "securityEnabled": True}
    made: str = client.done("POST", "/groups", 201, json={**given, **more})["id"]
    return made


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Yard]:
    with running(tmp_path_factory.mktemp("planner")) as world:
        anna = world.caller(world.tokens.user(ANNA, *SCOPES))
        bert = world.caller(world.tokens.user(BERT, *SCOPES))
        yield Yard(world, anna, bert, make_group(anna, "yard"))
