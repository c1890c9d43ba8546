from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faces.graph.graph_server import Client, running

from postroom.faces.graph import strict
from postroom.faces.graph.errors import Refused
from postroom.faces.graph.route import Route
from postroom.settings import Graph
from postroom.workspace.query.request import parse_options

EVENTUAL = {"ConsistencyLevel": "eventual"}
MESSAGES = Route("x", "GET", "/x", "[message]")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    path: Path = tmp_path_factory.mktemp("strict")
    with running(path, Graph(strict_queries=True)) as world:
        yield world.caller(world.tokens.app("User.Read.All"))


@pytest.mark.parametrize(
    "query", ["$filter=displayName ne 'x'", "$filter=endswith(mail,'t')", '$search="mail:a"', "$count=true"]
)
def test_advanced_queries_of_the_directory_need_the_header(app: Client, query: str) -> None:
    assert app.refused("GET", f"/users?{query}") == (400, "Request_UnsupportedQuery")


def test_with_filter_they_need_a_count_too(app: Client) -> None:
    query = "$filter=endswith(mail,'one.test')&$orderby=displayName"
    assert app.refused("GET", f"/users?{query}", headers=EVENTUAL) == (400, "Request_UnsupportedQuery")
    assert len(app.get(f"/users?{query}&$count=true", headers=EVENTUAL)["value"]) == 2


def test_counting_needs_the_header(app: Client) -> None:
    assert app.refused("GET", "/users/$count") == (400, "Request_UnsupportedQuery")
    assert app("GET", "/users/$count", headers=EVENTUAL).text == "3"


def test_simple_queries_need_nothing(app: Client) -> None:
    assert len(app.get("/users?$filter=startswith(mail,'a')&$top=5")["value"]) == 1


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ([("$filter", "isRead eq true"), ("$orderby", "subject")], "InefficientFilter"),
        ([("$search", "x"), ("$filter", "isRead eq true")], "SearchWithFilter"),
        ([("$search", "x"), ("$orderby", "subject")], "SearchWithOrderBy"),
        ([("$search", "x"), ("$skip", "3")], "ErrorInvalidRequest"),
    ],
)
def test_queries_of_messages_that_the_original_refuses(query: list[tuple[str, str]], code: str) -> None:
    with pytest.raises(Refused) as refused:
        strict.check(MESSAGES, parse_options(query), eventual=False, counting=False)
    assert refused.value.code == code


def test_messages_sorted_by_what_they_are_filtered_by_are_answered() -> None:
    query = [("$filter", "subject ge 'a' and isRead eq true"), ("$orderby", "subject desc")]
    strict.check(MESSAGES, parse_options(query), eventual=False, counting=False)
