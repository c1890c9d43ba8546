"""The mailboxes of a tenant, each into the archive of who has its address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.archive.instances import settings
from tests.archive.profiles.graph.liar import Answer, is_content, liar, refusal
from tests.archive.profiles.graph.room import QUICK, Room, mail

from postroom.archive.archive import Archive
from postroom.archive.profiles import connectors
from postroom.archive.profiles.connectors.graph import Microsoft365Batch
from postroom.errors import Denied, Invalid
from postroom.testing import LocalGraph, User, local_graph


@pytest.fixture(scope="module")
def tenant() -> Iterator[LocalGraph]:
    with local_graph() as running:
        yield running


@pytest.fixture(scope="module")
def people(tenant: LocalGraph) -> list[User]:
    """Anna, Bert and Carl, with a message each."""
    found = [tenant.user(f"{name}@example.com", name=name.title()) for name in ("anna", "bert", "carl")]
    for user in found:
        tenant.deliver(mail(user.address), user)
    return found


@pytest.fixture
def room(tmp_path: Path, tenant: LocalGraph, people: list[User]) -> Iterator[Room]:
    with Archive(tmp_path / "archive", settings()) as archive:
        yield Room(archive, tenant, people[0], owners={user.address: user.address.partition("@")[0] for user in people})


def run(room: Room, **details: object) -> dict[str, int]:
    """How much came into each archive."""
    told = room.service(**{"onlyLicensedUsers": False, **details})
    return {name: found.stored for name, found in room.run(told, Microsoft365Batch(QUICK)).results.items()}


def test_each_mailbox_goes_into_the_archive_of_its_owner(room: Room) -> None:
    assert run(room) == {"anna": 1, "bert": 1, "carl": 1}
    assert run(room) == {"anna": 0, "bert": 0, "carl": 0}
    assert set(room.folders()) == {f"{name}/Exchange {name}@example.com/Inbox" for name in ("anna", "bert", "carl")}


def test_a_single_mailbox_and_the_batch_know_of_each_other(room: Room) -> None:
    room.run()
    assert run(room) == {"anna": 0, "bert": 1, "carl": 1}


def test_a_mailbox_whose_owner_is_nobody_here_is_a_problem_unless_they_are_left_out(room: Room) -> None:
    del room.owners["carl@example.com"]
    outcome = room.run(room.service(onlyLicensedUsers=False), Microsoft365Batch(QUICK))
    assert [("carl@example.com" in reason, outcome.stored) for reason in outcome.reasons] == [(True, 2)]
    assert "" not in run(room, skipUnknownUsers=True)


def test_only_those_with_a_licence_unless_told_otherwise(room: Room, people: list[User]) -> None:
    assert run(room, onlyLicensedUsers=True) == {}
    room.anna = people[1]
    licence = {"disabledPlans": [], "skuId": "6fd2c87f-b296-42f0-b197-1e91e994b900"}
    room.call("PATCH", "", json={"assignedLicenses": [licence]})
    assert run(room, onlyLicensedUsers=True) == {"bert": 1}


def group(room: Room, name: str, *members: str) -> str:
    told = {"displayName": name, "mailEnabled": False, "mailNickname": name[:5], "securityEnabled": True}
    made = str(room.ask("POST", "groups", json=told)["id"])
    for member in members:
        link = f"{room.graph.base_url}directoryObjects/{member}"
        room.ask("POST", f"groups/{made}/members/$ref", json={"@odata.id": link})
    return made


def test_members_of_groups_and_of_groups_within_once_each(room: Room, people: list[User]) -> None:
    anna, bert, _ = (user.id for user in people)
    inner = group(room, "Inner", bert)
    outer = group(room, "Outer's own", anna, inner)
    assert run(room, groups=[outer]) == {"anna": 1, "bert": 1}
    assert run(room, groups=["Outer's own", "Inner"]) == {"anna": 0, "bert": 0}


def test_a_group_that_is_not_there_names_the_key(room: Room) -> None:
    with pytest.raises(Invalid, match=r"details\.groups"):
        run(room, groups=["Nobody"])


def test_a_tenant_that_does_not_show_its_users_says_which_right_is_missing(room: Room) -> None:
    with liar(room.graph, [refusal(403, "Authorization_RequestDenied")]) as told:
        room.graph_url = told.url
        with pytest.raises(Denied, match=r"User\.Read\.All"):
            run(room)


def test_a_mailbox_that_cannot_be_read_does_not_end_the_others(room: Room, people: list[User]) -> None:
    forbidden = people[0].id

    def lie(method: str, path: str, answer: Answer) -> Answer:
        return refusal(404, "MailboxNotEnabledForRESTAPI")(method, path, answer) if forbidden in path else answer

    with liar(room.graph, [lie]) as told:
        room.graph_url = told.url
        outcome = room.run(room.service(onlyLicensedUsers=False), Microsoft365Batch(QUICK))
        assert {name: found.stored for name, found in outcome.results.items()} == {"bert": 1, "carl": 1}
        assert "MailboxNotEnabledForRESTAPI" in outcome.failed["anna"]
        assert any(is_content(*asked) for asked in told.asked)


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("Office365", "Microsoft365"),
        ("Exchange", "IMAP"),
        ("EWS", "Microsoft365Batch"),
        ("Gmail", r"imap\.gmail\.com"),
        ("gmail", "app password"),
    ],
)
def test_names_that_others_have_are_answered_with_the_connector_to_take(name: str, instead: str) -> None:
    with pytest.raises(Invalid, match=instead):
        connectors.archiving(name)


def test_the_connectors_are_found_by_their_names() -> None:
    found = [connectors.archiving(name) for name in ("Microsoft365", "microsoft365batch")]
    assert [connector.name for connector in found] == ["Microsoft365", "Microsoft365Batch"]
