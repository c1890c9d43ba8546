"""Sites and plans against a server: the example programs, and what the guides show."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from examples.o365 import lists, plan
from tests.clients.o365.guides import connecting

from O365 import Account
from postroom.testing import LocalGraph, User


@dataclass(frozen=True)
class House:
    graph: LocalGraph
    anna: User
    bert: User
    account: Account
    group: str


@pytest.fixture(scope="module")
def house(session_graph: LocalGraph) -> House:
    """Anna has signed in and owns a group; Bert is in it."""
    graph = session_graph
    anna = graph.user("anna@smiths.example", name="Anna Berg")
    bert = graph.user("bert@smiths.example", name="Bert Berg")
    graph.workspace.sites.places.create("sites/yard", "The Yard")
    given = {"displayName": "Smiths", "mailNickname": "smiths", "mailEnabled": False, "securityEnabled": True,
             "members@odata.bind": [f"https://graph.microsoft.com/v1.0/users/{bert.id}"]}  # fmt: skip
    group = graph.workspace.directory.create_group(given, anna.id)["id"]
    return House(graph, anna, bert, graph.account(anna), group)


@pytest.fixture
def signed_in(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """The example programs are Anna's."""
    for module in (lists, plan):
        monkeypatch.setattr(module, "connect", connecting(house.graph, house.anna))
    return house


def test_the_program_about_lists(signed_in: House, capsys: pytest.CaptureFixture[str]) -> None:
    lists.main([])
    lists.main(["--site", "/sites/yard/"])
    assert capsys.readouterr().out.splitlines() == [
        "1: Barrow, 1 wheels, blue", "1: Barrow, 1 wheels, blue", "2: Barrow, 1 wheels, blue"]  # fmt: skip


def test_the_program_about_plans(signed_in: House, capsys: pytest.CaptureFixture[str]) -> None:
    plan.main([signed_in.group, "--who", signed_in.bert.id])
    assert capsys.readouterr().out == "Sweep the yard: 50 %, 2 things to do\n"
    theirs = signed_in.graph.account(signed_in.bert).planner().get_my_tasks()
    assert [task.title for task in theirs] == ["Sweep the yard"]


def test_files_of_a_group_are_those_of_its_site(house: House, tmp_path: Path) -> None:
    (tmp_path / "hammer.txt").write_text("heavy", "utf-8")
    site = house.account.sharepoint().get_site("example.sharepoint.com", "sites/smiths")
    assert site
    library = site.get_default_document_library(request_drive=True)
    root = library.get_root_folder() if library else None
    assert root
    root.upload_file(tmp_path / "hammer.txt")
    group = house.account.storage(resource=f"group:{house.group}").get_default_drive()
    assert group
    assert [item.name for item in group.get_items()] == ["hammer.txt"]


def test_people_in_items_are_numbers_with_names(house: House) -> None:
    site = house.account.sharepoint().get_site("example.sharepoint.com", "sites/smiths")
    assert site
    tools = site.create_list({"displayName": "Tools", "columns": [{"name": "Keeper", "personOrGroup": {}}]})
    assert tools
    made = tools.create_list_item({"Title": "Anvil", "KeeperLookupId": house.bert.address})
    assert made
    made.update_fields({"Title": "Old anvil"})
    assert made.save_updates()
    (item,) = tools.get_items(expand_fields=["Title", "Keeper"])
    assert item.fields
    assert (item.fields["Title"], item.fields["Keeper"]) == ("Old anvil", "Bert Berg")
    assert item.created_by
    assert item.created_by.display_name == "Anna Berg"
