"""Whatever is sent to Graph, it answers in order: made from the table of routes, from real ids and from hostile values.

What Hypothesis finds it shrinks and tells how to repeat.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.faces.graph.graph_server import ANNA, BERT, Client, World, running
from tests.faces.graph.hostile_requests import EVENT, FILE, GOOD, MAIL, requests

from postroom.faces.graph.route import Route
from postroom.faces.graph.routes import ROUTES

EXAMPLES: Final = max(1, settings().max_examples // 8)
"""For each route: there are so many that all together take a minute. `PROPERTY_EXAMPLES` gives more."""
CALENDARS: Final = tuple(
    f"calendar.{name}."
    for name in ("default_events", "calendar_events", "group_calendar_events", "group_default_events")
)
CONTACTS: Final = ("contacts.folder_contacts.", "contacts.child_", "contacts.children.", "tasks.folder_tasks.")
AGAIN: Final = [
    one
    for one in ROUTES
    if one.key.startswith(("mail.folder_messages.", "mail.child_", "mail.children.", *CALENDARS, *CONTACTS))
]
"""Handlers that have been asked already, on longer paths."""
FIRST: Final = [one for one in ROUTES if one not in AGAIN]
SPENDING: Final = (
    "/permanentDelete",
    "/checkout",
    "/uploads/files/{token}",
    "/move",
    "/send",
    "/uploads/attachments/{token}",
)
"""Ends of paths, besides DELETE, behind which something is no longer where it was."""
SECRET: Final = "only-for-bert"
SCOPES: Final = tuple(dict.fromkeys(name for route in ROUTES for name in route.delegated if name != "*"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running(tmp_path_factory.mktemp("no_500")) as made:
        yield made


@pytest.fixture(scope="module")
def anna(world: World) -> Client:
    """Somebody who may do what users may for themselves."""
    return world.caller(world.tokens.user(ANNA, *SCOPES))


@dataclass
class Stock:
    """What there is in mailboxes, by the name that a path has for it; `spent` when a request may have removed it."""

    world: World
    anna: Client
    bert: Client
    ids: dict[str, list[str]] = field(default_factory=dict)
    spent: bool = True

    def fill(self) -> None:
        self.ids = {"user": [ANNA.id, ANNA.address], "domain": ["one.test"], "size": ["48x48"]}
        self._make(self.anna, ANNA.address, MAIL, "Draft")
        # Ids of somebody else, in the places of one's own.
        self._make(
            self.bert, BERT.address, MAIL.replace(b"Hello", SECRET.encode()).replace(b"Hi", SECRET.encode()), SECRET
        )
        self.ids["user"].append(BERT.id)
        name = f"group-{secrets.token_hex(8)}"
        group = {"displayName": name, "mailNickname": name, "mailEnabled": True, "securityEnabled": False}
        self.ids["group"] = [self._one(self.anna, "groups", {**group, "groupTypes": ["Unified"]})]
        self._group(self.ids["group"][0])
        self.ids["member"] = self.ids["owner"] = self.ids["object"] = [ANNA.id, BERT.id]
        self.spent = False

    def _make(self, one: Client, address: str, mail: bytes, name: str) -> None:
        self.world.workspace.mail.deliver("eve@elsewhere.test", [address], mail)
        found = one.get("/me/mailFolders/inbox/messages?$top=1")["value"][0]["id"]
        draft = one.done("POST", "/me/messages", 201, json={**GOOD["messages"], "subject": name})["id"]
        parts = one.get(f"/me/messages/{found}/attachments")["value"]
        one.done("POST", f"/me/messages/{found}/extensions", 201, json={"extensionName": "a.b", "x": name})
        folders = [self._one(one, "me/mailFolders", {"displayName": f"{name} {secrets.token_hex(8)}"})]
        session = one.done(
            "POST", f"/me/messages/{draft}/attachments/createUploadSession", 201, json=GOOD["createUploadSession"]
        )
        category = {"displayName": f"{name} {secrets.token_hex(8)}"}
        rule = self._one(
            one, "me/mailFolders/inbox/messageRules", {"displayName": name, "actions": {"markAsRead": True}}
        )
        made = {
            "message": [found, draft],
            "attachment": [part["id"] for part in parts],
            "extension": ["a.b"],
            "folder": ["inbox", *folders],
            "child": folders,
            "rule": [rule],
            "category": [self._one(one, "me/outlook/masterCategories", category)],
            "override": [self._one(one, "me/inferenceClassification/overrides", GOOD["overrides"])],
            "token": [session["uploadUrl"].rpartition("/")[2]] if one is self.anna else [],
        }
        made |= self._drive(one, name) | self._calendar(one, name) | self._people(one, name)
        for kind, value in self._tasks(one, name).items():
            made[kind] = made.get(kind, []) + value
        for kind, values in made.items():
            self.ids[kind] = self.ids.get(kind, []) + values * (3 if one is self.anna else 1)

    def _group(self, group: str) -> None:
        """What a group owns."""
        site = self.anna.get(f"/groups/{group}/sites/root")["id"]
        columns = [{"name": "Count", "number": {}}, {"name": "Driver", "personOrGroup": {}}]
        given = {"displayName": f"{secrets.token_hex(8)}", "columns": columns}
        made = self._one(self.anna, f"sites/{site}/lists", given)
        item = self._one(self.anna, f"sites/{site}/lists/{made}/items", {"fields": {"Title": "x", "Count": 1}})
        self.anna.done("PATCH", f"/sites/{site}/lists/{made}/items/{item}/fields", 200, json={"Title": "y"})
        plan = self._one(self.anna, "planner/plans", {"owner": group, "title": "A"})
        bucket = self._one(self.anna, "planner/buckets", {"planId": plan, "name": "B"})
        task = self._one(self.anna, "planner/tasks", {"planId": plan, "bucketId": bucket, "title": "C"})
        new = {
            "site": site,
            "list": made,
            "item": item,
            "column": "Count",
            "plan": plan,
            "bucket": bucket,
            "task": task,
        }
        for kind, value in new.items():
            self.ids[kind] = [*self.ids.get(kind, []), value]

    def _calendar(self, one: Client, name: str) -> dict[str, list[str]]:
        made = self._one(one, "me/calendars", {"name": f"{name} {secrets.token_hex(8)}"})
        series = self._one(one, f"me/calendars/{made}/events", EVENT | {"subject": name, "attachments": [FILE]})
        window = "startDateTime=2024-01-01&endDateTime=2024-02-01&$top=2"
        occurrences = one.get(f"/me/events/{series}/instances?{window}")["value"]
        return {"event": [series, *(each["id"] for each in occurrences)], "calendar": [made]}

    def _people(self, one: Client, name: str) -> dict[str, list[str]]:
        folder = self._one(one, "me/contactFolders", {"displayName": f"{name} {secrets.token_hex(8)}"})
        path = f"me/contactFolders/{folder}/contacts"
        contacts = [self._one(one, path, {"givenName": name}), self._one(one, "me/contacts", {"givenName": name})]
        for contact in contacts:
            one.done("POST", f"/me/contacts/{contact}/extensions", 201, json={"extensionName": "a.b", "x": name})
        return {"contact": contacts}

    def _tasks(self, one: Client, name: str) -> dict[str, list[str]]:
        made = self._one(one, "me/todo/lists", {"displayName": name})
        tasks = f"me/todo/lists/{made}/tasks"
        file = {"name": "a.txt", "contentBytes": "SGk="}
        given = {"title": name, "attachments": [file], "checklistItems": [{"displayName": name}]}
        task = self._one(one, tasks, given)
        steps = one.get(f"/{tasks}/{task}/checklistItems")["value"]
        files = one.get(f"/{tasks}/{task}/attachments")["value"]
        return {
            "list_id": [made],
            "task": [task],
            "part": [each["id"] for each in steps],
            "attachment": [each["id"] for each in files],
            "folder": [made],
        }

    def _drive(self, one: Client, name: str) -> dict[str, list[str]]:
        folder = self._one(one, "me/drive/root/children", {"name": f"{name} {secrets.token_hex(8)}", "folder": {}})
        item = one.done("PUT", f"/me/drive/items/{folder}:/{name}.txt:/content", 201, content=SECRET.encode()
                        if one is self.bert else b"Hi")  # fmt: skip
        one.done("PUT", f"/me/drive/items/{item['id']}/content", 200, content=name.encode())
        if one is self.bert:
            return {"item": [item["id"]], "drive": [item["parentReference"]["driveId"]]}
        link = one.done("POST", f"/me/drive/items/{folder}/createLink", 201, json={"type": "view"})
        return {
            "item": [folder, item["id"]],
            "name": [f"{name}.txt", "new"],
            "drive": [item["parentReference"]["driveId"]],
            "version": ["1.0", "2.0"],
            "permission": [link["id"], "owner"],
            "share": [link["shareId"]],
            "set": ["0"],
        }

    def _one(self, one: Client, path: str, document: dict[str, Any]) -> str:
        return str(one.done("POST", f"/{path}", 201, json=document)["id"])


@pytest.fixture(scope="module")
def stock(world: World, anna: Client) -> Stock:
    return Stock(world, anna, world.caller(world.tokens.user(BERT, *SCOPES)))


@pytest.mark.parametrize("route", FIRST, ids=lambda route: str(route.key))
@settings(max_examples=EXAMPLES, print_blob=True, suppress_health_check=list(HealthCheck), database=None)
@given(data=st.data())
def test_no_request_breaks_the_server(stock: Stock, route: Route, data: st.DataObject) -> None:
    check(stock, route, data)


@pytest.mark.parametrize("route", AGAIN, ids=lambda route: str(route.key))
@settings(max_examples=max(1, EXAMPLES // 2), print_blob=True, suppress_health_check=list(HealthCheck), database=None)
@given(data=st.data())
def test_nor_does_one_on_another_path(stock: Stock, route: Route, data: st.DataObject) -> None:
    check(stock, route, data)


def check(stock: Stock, route: Route, data: st.DataObject) -> None:
    if stock.spent:
        stock.fill()
    path, options = data.draw(requests(route, stock.ids))
    answer = stock.world.call(route.method, path, "" if route.open else stock.anna.token, **options)
    stock.spent = answer.status_code < 400 and (route.method == "DELETE" or route.path.endswith(SPENDING))
    assert answer.status_code < 500 or answer.status_code == 501, (route.method, path, options, answer.text)
    assert "Traceback" not in answer.text
    assert SECRET not in answer.text
    if answer.status_code >= 400:
        error = msgspec.json.decode(answer.content)["error"]
        assert error["code"] or route.key.startswith("planner.")  # whose own errors have none
        assert error["message"]
