"""One search over messages, files, sites, lists and items."""

from __future__ import annotations

from typing import Any

import pytest
from tests.faces.graph.graph_server import ANNA, Client
from tests.faces.graph.sites.conftest import Land

KINDS = ("message", "driveItem", "site", "list", "listItem")
MAIL = b"From: eve@elsewhere.test\r\nTo: anna@one.test\r\nSubject: A wheelbarrow\r\n\r\nWith one wheel\r\n"


@pytest.fixture(scope="module")
def everything(land: Land) -> Client:
    """Anna with all that the search needs, and a wheelbarrow everywhere."""
    anna = land.world.caller(
        land.world.tokens.user(ANNA, "Mail.ReadWrite", "Files.ReadWrite.All", "Sites.ReadWrite.All")
    )
    land.world.workspace.mail.deliver("eve@elsewhere.test", [ANNA.address], MAIL)
    anna.done("PUT", "/me/drive/root:/wheelbarrow.txt:/content", 201, content=b"x")
    path = land.make_list(displayName="Each wheelbarrow")
    land.item(path, Title="A red wheelbarrow")
    land.item(path, Title="A cart")
    land.world.workspace.sites.places.create("sites/wheelbarrows", "Wheelbarrow club")
    return anna


def asked(words: str, *kinds: str, **more: Any) -> dict[str, Any]:
    return {"requests": [{"entityTypes": list(kinds), "query": {"queryString": words}, **more}]}


def hits(client: Client, body: dict[str, Any]) -> list[dict[str, Any]]:
    (answer,) = client.done("POST", "/search/query", 200, json=body)["value"]
    return [hit for container in answer["hitsContainers"] for hit in container["hits"]]


def test_words_are_found_in_everything(everything: Client) -> None:
    found = {hit["resource"]["@odata.type"]: hit for hit in hits(everything, asked("wheelbarrow", *KINDS))}
    assert found.keys() == {f"#microsoft.graph.{kind}" for kind in KINDS}
    assert found["#microsoft.graph.message"]["summary"].startswith("With one wheel")
    assert found["#microsoft.graph.listItem"]["resource"]["fields"]["Title"] == "A red wheelbarrow"
    assert found["#microsoft.graph.driveItem"]["resource"]["name"] == "wheelbarrow.txt"
    assert {hit["rank"] for hit in found.values()} == {1}


def test_a_search_has_pages(everything: Client, land: Land) -> None:
    path = land.make_list()
    for number in range(3):
        land.item(path, Title=f"Sledge {number}")
    (answer,) = everything.done("POST", "/search/query", 200, json=asked("sledge", "listItem", size=2))["value"]
    (container,) = answer["hitsContainers"]
    assert (len(container["hits"]), container["moreResultsAvailable"]) == (2, True)
    (last,) = hits(everything, asked("sledge", "listItem", size=2, **{"from": 2}))
    assert (last["rank"], last["resource"]["fields"]["Title"]) == (3, "Sledge 2")


def test_a_search_finds_what_its_token_may_read(everything: Client, land: Land) -> None:
    mine = land.world.tokens.user(ANNA, "Files.Read")
    assert hits(land.world.caller(mine), asked("wheelbarrow", "driveItem"))
    assert land.world.caller(mine).refused("POST", "/search/query", json=asked("wheelbarrow", "message"))[0] == 403
    basic = land.world.caller(land.world.tokens.user(ANNA, "Mail.ReadBasic", "Files.Read"))
    assert basic.refused("POST", "/search/query", json=asked("wheelbarrow", "message"))[0] == 403
    assert land.bert.refused("POST", "/search/query", json=asked("wheelbarrow", "driveItem", "message"))[0] == 403
    assert hits(everything, asked("nothing of the kind", "site", "list")) == []


@pytest.mark.parametrize("wrong", [{}, {"requests": []}, asked(""), asked("x"), asked("x", "person"),
                                   asked("x", "site", size=501), asked("x", "site", **{"from": -1}),
                                   {"requests": ["x"]}])  # fmt: skip
def test_what_is_no_search_is_refused(everything: Client, wrong: dict[str, Any]) -> None:
    assert everything.refused("POST", "/search/query", json=wrong)[0] == 400


def test_what_is_not_there_is_not_passed_over(everything: Client) -> None:
    sorted_ = asked("x", "site", sortProperties=[{"name": "name"}])
    assert everything.refused("POST", "/search/query", json=sorted_)[0] == 501
