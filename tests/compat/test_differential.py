"""One program, two clients, one server each: both make the same requests, verb by verb, but for what is listed here."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from tests.compat.conftest import Flow, Seen, World
from tests.compat.test_programs import PROGRAMS

from postroom.testing import local_graph

ALLOWED: Final = {
    "content": "The original writes HTML anew when a text is put into it; ours leaves the rest as it was.",
}
"""Properties of bodies that may differ in form, and why."""
_ID: Final = re.compile(r"[A-Za-z0-9_-]{23,}={0,2}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def world(folder: Path) -> Iterator[World]:
    with local_graph(folder, {"graph": {"proxy": True, "proxy_port": 0}}) as graph:
        yield World(graph, graph.user("anna@example.com", name="Anna"), graph.user("bert@example.com", name="Bert"))


@pytest.fixture
def first(tmp_path: Path) -> Iterator[World]:
    yield from world(tmp_path / "first")


@pytest.fixture
def second(tmp_path: Path) -> Iterator[World]:
    yield from world(tmp_path / "second")


def requests(seen: Seen) -> list[str]:
    """Those to Graph, each as one line, without what differs from one run to the next."""
    return [line(request) for request in seen.requests if urlsplit(request["url"]).netloc == "graph.microsoft.com"]


def line(request: dict[str, Any]) -> str:
    url = urlsplit(request["url"])
    query = sorted((name, "…" if name.endswith("token") else value) for name, value in parse_qsl(url.query))
    text = json.dumps([request["verb"], unquote(url.path), query, body(request["body"])], ensure_ascii=False)
    return _ID.sub("<id>", text)


def body(text: str | None) -> object:
    if not text:
        return None
    try:
        return plain(json.loads(text))
    except json.JSONDecodeError:
        return f"{len(text)} characters"


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        shown = {name: visible(each) if name in ALLOWED else plain(each) for name, each in value.items()}
        return dict(sorted(shown.items()))
    return [plain(each) for each in value] if isinstance(value, list) else value


def visible(html: Any) -> list[str]:
    return BeautifulSoup(str(html), "html.parser").get_text(" ").split()


@pytest.mark.parametrize("flow", ["password", "credentials"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_both_make_the_same_requests(
    first: World, second: World, original: Path, ours: Path, program: str, flow: Flow
) -> None:
    theirs = requests(first.run(original, program, first.given("proxy", flow)))
    own = requests(second.run(ours, program, second.given("proxy", flow)))
    assert theirs, "nothing was recorded"
    differing = list(difflib.unified_diff(theirs, own, "original", "ours", lineterm="", n=0))
    assert differing == []
