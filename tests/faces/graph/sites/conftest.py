"""One server for all tests of sites, with a group of Anna's and sites that an administrator made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from tests.faces.graph.graph_server import ANNA, BERT, Client, World, running
from tests.faces.graph.planner.conftest import make_group

SCOPES = ("Sites.ReadWrite.All", "Group.ReadWrite.All")
COLUMNS = [
    {"name": "Count", "number": {"minimum": 0, "maximum": 100}},
    {"name": "Colour", "choice": {"choices": ["red", "blue"]}, "indexed": True},
    {"name": "Due", "dateTime": {}},
    {"name": "Paid", "boolean": {}, "defaultValue": {"value": "0"}},
]


@dataclass
class Land:
    """`yard` is the path of a site that everybody may use; `group` has one for Anna alone."""

    world: World
    anna: Client
    bert: Client
    group: str
    yard: str
    numbers: Iterator[int]

    def make_list(self, **more: Any) -> str:
        """The path of a new list."""
        given = {"displayName": f"List {next(self.numbers)}", "columns": COLUMNS, "list": {"template": "genericList"}}
        made = self.anna.done("POST", f"{self.yard}/lists", 201, json={**given, **more})
        return f"{self.yard}/lists/{made['id']}"

    def item(self, path: str, **fields: Any) -> str:
        """The path of a new item."""
        return f"{path}/items/{self.anna.done('POST', f'{path}/items', 201, json={'fields': fields})['id']}"

    def titles(self, path: str, query: str = "", **options: Any) -> list[str]:
        rows = self.anna.get(f"{path}/items?expand=fields{query}", **options)["value"]
        return [row["fields"]["Title"] for row in rows]


@pytest.fixture(scope="module")
def land(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Land]:
    with running(tmp_path_factory.mktemp("sites")) as world:
        anna = world.caller(world.tokens.user(ANNA, *SCOPES))
        bert = world.caller(world.tokens.user(BERT, *SCOPES))
        world.workspace.sites.places.create("sites/yard", "The Yard", "Where carts stand")
        world.workspace.sites.places.create("sites/yard/plans", "Plans of the yard")
        group = make_group(anna, "smiths", description="Those with hammers")
        site = anna.get("/sites/one.sharepoint.com:/sites/yard")["id"]
        yield Land(world, anna, bert, group, f"/sites/{site}", count(1))
