from __future__ import annotations

from tests.workspace.store.mailboxes import folder

from postroom.workspace.store.store import Store


def test_links_lead_from_items_to_keys_and_back(store: Store) -> None:
    with store.write() as unit:
        team, club = folder(unit.items, "Team"), folder(unit.items, "Club")
        assert unit.links.link("members", team, "bert")
        assert unit.links.link("members", team, "anna")
        assert not unit.links.link("members", team, "anna")
        unit.links.link("members", club, "anna")
        unit.links.link("owners", team, "carl")
    with store.read() as unit:
        assert unit.links.targets("members", team) == ["anna", "bert"]
        assert unit.links.sources("members", "anna") == [team, club]
        assert unit.links.sources("owners", "anna") == []


def test_links_are_removed_one_by_one_with_their_item_and_with_their_target(store: Store) -> None:
    with store.write() as unit:
        team, club = folder(unit.items, "Team"), folder(unit.items, "Club")
        for item in (team, club):
            for name, target in [("members", "anna"), ("members", "bert"), ("owners", "anna")]:
                unit.links.link(name, item, target)
        assert unit.links.unlink("members", team, "bert")
        assert not unit.links.unlink("members", team, "bert")
        unit.items.remove(club)
        assert unit.links.sources("members", "bert") == []
        assert unit.links.forget("anna") == 2
        assert unit.links.targets("members", team) == []
