"""One program, two clients, one server each: the unmodified original and ours see the same and ask for the same."""

from __future__ import annotations

import difflib
import importlib
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from tests.compat.conftest import Flow, Seen, World

from postroom.testing import local_graph

PROGRAMS: Final = ("mail", "paging", "settings")
WORKLOADS: Final = ("calendars", "contacts", "drive", "excel", "planner", "sharepoint", "tasks")
"""Programs of a workload each, which run in one flow: flows are the business of those above."""
EARLIER: Final = ("mail", "settings", "chains")
"""What the generation before 2.1 has."""
OUTLOOK: Final = ("mail", "chains", "contacts")
"""With Outlook REST it cannot read automatic replies."""
OUTLOOK_ALONE: Final = ("outlook_v2_calendar", "outlook_v2_tasks")
"""What the original of then sees, by requests that later versions make otherwise or do not make any more."""
_EMPTY: Final = re.compile(r'"(?:bccRecipients|ccRecipients|replyTo)": \[\],? ?', re.IGNORECASE)
HOSTS: Final = {"graph.microsoft.com", "outlook.office.com"}
ALLOWED: Final = {
    "Content": "The same with Outlook REST.",
    "content": "The original writes HTML anew when a text is put into it; ours leaves the rest as it was.",
}
"""Properties of bodies that may differ in form, and why."""
BETTER: Final = (
    (r"resizedRange\(deltaRows=(\d+), deltaColumns=(\d+)\)", r"resizedRange(deltaRows=\1,deltaColumns=\2)"),
    (r'\["POST", "(.*/columns/itemAt)", \[\], \{"index": (\d+)\}\]', r'["GET", "\1(index=\2)", [], null]'),
    (r'(addFormulaLocal", \[\], \{"comment": ".*?", )"name": "(.*?)", "reference": "(.*?)"\}',
     r'\1"formula": "\3", "name": "\2"}'),
)  # fmt: skip
"""Requests of the original that Microsoft documents otherwise; ours makes them as documented."""
CORRECTED: Final[dict[str, Callable[[Any], Any]]] = {
    "isOnlineMeeting": lambda value: str(value).lower(),  # the original sends it as text
    "transactionId": lambda _: "…",  # the original has none unless one is given
    "daysOfWeek": lambda value: sorted(value or ()),  # a set, in the original
}
"""Properties that ours writes otherwise on purpose, made alike."""
_MOMENT: Final = re.compile(r"'?(\d{4}-\d\d-\d\dT[\d:]+)(?:\+00:00|Z)?'?")
"""Texts of the type, which the original writes as instants."""
_ID: Final = re.compile(r"[A-Za-z0-9_-]{23,}={0,2}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def expected(program: str, given: dict[str, Any]) -> Any:
    """What every O365 must have seen, as JSON has it."""
    found = importlib.import_module(f"tests.compat.programs.{program}").expected(given)
    return json.loads(json.dumps(found))


def world(folder: Path) -> Iterator[World]:
    with local_graph(folder, {"graph": {"proxy": True, "proxy_port": 0}}) as graph:
        yield World(graph, graph.user("anna@example.com", name="Anna"), graph.user("bert@example.com", name="Bert"))


@pytest.fixture
def first(tmp_path: Path) -> Iterator[World]:
    yield from world(tmp_path / "first")


@pytest.fixture
def second(tmp_path: Path) -> Iterator[World]:
    yield from world(tmp_path / "second")


def shared(world: World) -> dict[str, str]:
    """What an administrator has made: a group, which Anna owns, and sites."""
    workspace = world.graph.workspace
    group = {"displayName": "Smiths", "mailNickname": "smiths", "mailEnabled": False, "securityEnabled": True}
    anna = workspace.people.find(world.anna.address)
    assert anna
    workspace.sites.places.create("sites/yard", "The Yard", "Where carts stand")
    workspace.sites.places.create("sites/yard/plans", "Plans")
    return {"group": workspace.directory.create_group(group, anna.id)["id"]}


def requests(seen: Seen) -> list[str]:
    """Those to an API, each as one line, without what differs from one run to the next."""
    found = [request for request in seen.requests if urlsplit(request["url"]).netloc in HOSTS]
    return [line(request) for request in whole(found)]


def whole(found: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The pieces of an upload as one request: how large they are is the client's own business, as is how often it asks
    what became of a copy."""
    for is_piece, group in groupby(found, lambda request: request["verb"] == "PUT" and "/uploads/" in request["url"]):
        if is_piece:
            pieces = list(group)
            yield {**pieces[0], "body": "".join(piece["body"] for piece in pieces)}
        else:
            for is_asked, some in groupby(group, lambda request: "/monitor/" in request["url"]):
                yield from list(some)[: 1 if is_asked else None]


def line(request: dict[str, Any]) -> str:
    url = urlsplit(request["url"])
    query = sorted((name, option(name, value)) for name, value in parse_qsl(url.query))
    # The original doubles the slash before sites.
    path = unquote(url.path).replace("//", "/")
    text = json.dumps([request["verb"], path, query, body(request["body"])], ensure_ascii=False)
    for theirs, ours in BETTER:
        text = re.sub(theirs, ours, text)
    return _ID.sub("<id>", text)


def option(name: str, value: str) -> str:
    if name.endswith("token"):
        return "…"
    if name == "$filter":
        return _MOMENT.sub(r"\1", value)
    # The generation before 2.1 has them in any order.
    return ",".join(sorted(value.split(","))) if name == "$select" else value


def filled(text: str) -> str:
    """A line without empty lists: the generation before 2.1 leaves out recipients that there are none of."""
    return _EMPTY.sub("", text)


def body(text: str | None) -> object:
    if not text:
        return None
    try:
        return plain(json.loads(text)) or None
    except json.JSONDecodeError:
        return f"{len(text)} characters"


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        shown = {name: alike(name, each) for name, each in value.items()}
        return dict(sorted(shown.items()))
    return [plain(each) for each in value] if isinstance(value, list) else value


def alike(name: str, value: Any) -> Any:
    if name in CORRECTED:
        return CORRECTED[name](value)
    return visible(value) if name in ALLOWED else plain(value)


def visible(html: Any) -> list[str]:
    return BeautifulSoup(str(html), "html.parser").get_text(" ").split()


@pytest.mark.parametrize("flow", ["password", "credentials"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_both_see_the_same_and_make_the_same_requests(
    first: World, second: World, original: Path, ours: Path, program: str, flow: Flow
) -> None:
    both_do_the_same(first, original, second, ours, program, flow)


@pytest.mark.parametrize("program", WORKLOADS)
def test_so_do_those_of_each_workload(first: World, second: World, original: Path, ours: Path, program: str) -> None:
    both_do_the_same(first, original, second, ours, program, "password")


def test_so_do_two_people_who_meet(first: World, second: World, original: Path, ours: Path) -> None:
    both_do_the_same(first, original, second, ours, "meetings", "credentials")


@pytest.mark.parametrize("program", EARLIER)
def test_so_do_programs_of_the_generation_before(
    first: World, second: World, earlier: Path, ours: Path, program: str
) -> None:
    both_do_the_same(first, earlier, second, ours, program, "password", is_earlier=True)


@pytest.mark.parametrize("program", OUTLOOK)
def test_so_do_programs_of_outlook_rest(first: World, second: World, earlier: Path, ours: Path, program: str) -> None:
    both_do_the_same(first, earlier, second, ours, program, "password", is_earlier=True, api="outlook")


@pytest.mark.parametrize("program", OUTLOOK_ALONE)
def test_programs_of_outlook_rest_find_what_they_look_for(first: World, earlier: Path, program: str) -> None:
    given = {**first.given("proxy", "password"), "api": "outlook"}
    assert first.run(earlier, program, given).seen == expected(program, given)


def test_ours_sees_the_same_calendars_with_outlook_rest(first: World, ours: Path) -> None:
    given = {**first.given("proxy", "password"), "api": "outlook"}
    assert first.run(ours, "outlook_v2_calendar", given).seen == expected("outlook_v2_calendar", given)


def both_do_the_same(
    first: World,
    original: Path,
    second: World,
    ours: Path,
    program: str,
    flow: Flow,
    *,
    is_earlier: bool = False,
    **more: str,
) -> None:
    given = {**first.given("proxy", flow), **more, **shared(first)}
    with ThreadPoolExecutor() as both:
        theirs = both.submit(first.run, original, program, given)
        own = both.submit(second.run, ours, program, {**second.given("proxy", flow), **more, **shared(second)})
    wanted = expected(program, given)
    assert theirs.result().seen == wanted
    assert own.result().seen == wanted
    made, ours_made = requests(theirs.result()), requests(own.result())
    if is_earlier:
        made, ours_made = list(map(filled, made)), list(map(filled, ours_made))
    assert made, "nothing was recorded"
    changes = difflib.unified_diff(made, ours_made, "original", "ours", lineterm="", n=0)
    assert not (shown := "\n".join(changes)), shown


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_original_runs_at_an_address_of_ours(first: World, original: Path, program: str) -> None:
    given = first.given("address", "password")
    assert first.run(original, program, given).seen == expected(program, given)
