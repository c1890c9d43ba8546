"""Users of a Microsoft 365 tenant, which is a Graph on this machine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.archive.directories.room import ADMIN, Room
from tests.ports import free_port

from postroom.accounts.model import UserChange
from postroom.accounts.services.access import LOCAL
from postroom.archive.directories import graph as directory
from postroom.archive.profiles.connectors.graph_session import Patience
from postroom.errors import Denied, Invalid, Unavailable
from postroom.testing import LocalGraph, User, local_graph

Configure = Callable[..., None]


@pytest.fixture
def graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalGraph]:
    with local_graph() as running:
        yield running


@pytest.fixture
def anna(graph: LocalGraph) -> User:
    return graph.user("anna@example.com", name="Anna Hill")


@pytest.fixture
def configure(room: Room, graph: LocalGraph, anna: User, monkeypatch: pytest.MonkeyPatch) -> Configure:
    """The tenant is the directory; `secret` may be another than that of its application."""
    monkeypatch.setattr(directory, "PATIENCE", Patience(tries=2, broken_tries=2, first_wait_s=0.01, most_broken=1))

    def configure(secret: str = "", **more: object) -> None:
        settings = {"tenant": graph.tenant, "applicationId": graph.app.id, "clientSecret": secret or graph.secret}
        number = room.instance.credentials.create(f"app {secret[:9]}", "microsoft365", settings, ADMIN)
        place = {"graphUrl": graph.base_url, "authorityUrl": graph.origin, "ignoreSSLPolicyErrors": True}
        room.configure({"type": "microsoft365", "credentialID": number, **place, **more})

    return configure


def group(graph: LocalGraph, anna: User, name: str, *members: str) -> str:
    """A group; its id."""
    con = graph.account(anna).con
    binds = [f"{graph.base_url}directoryObjects/{member}" for member in members]
    made = con.post(
        f"{graph.base_url}groups",
        data={
            "displayName": name, "mailNickname": name, "mailEnabled": False, "securityEnabled": True,
            "members@odata.bind": binds,
        },
    )  # fmt: skip
    return str(json.loads(made.content)["id"])


def test_members_of_the_tenant_become_users(room: Room, graph: LocalGraph, configure: Configure) -> None:
    graph.user("bob@example.com", name="Bob")
    configure()
    assert sorted(room.sync().created) == ["anna@example.com", "bob@example.com"]
    anna = room.users["anna@example.com"]
    assert (anna.full_name, anna.addresses) == ("Anna Hill", ("anna@example.com",))
    assert room.sync().changed == ()


def test_a_renamed_member_is_the_same_user(room: Room, graph: LocalGraph, configure: Configure) -> None:
    configure(deleteUsersAutomatically=True)
    room.sync()
    graph.accounts.users.rename(LOCAL, "anna@example.com", "anna.low@example.com")
    synced = room.sync()
    assert [(c.old_name, c.person.name) for c in synced.changed] == [("anna@example.com", "anna.low@example.com")]
    assert (synced.created, synced.deleted) == ((), ())


def test_only_members_of_groups_and_of_groups_in_them(
    room: Room, graph: LocalGraph, anna: User, configure: Configure
) -> None:
    bob = graph.user("bob@example.com")
    graph.user("cora@example.com")
    inner = group(graph, anna, "Inner", bob.id)
    outer = group(graph, anna, "Outer's", anna.id, inner)
    configure(groups=["Outer's"])
    assert sorted(room.sync(dry=True).created) == ["anna@example.com", "bob@example.com"]
    room.configure(groups=[inner, outer])
    assert sorted(room.sync(dry=True).created) == ["anna@example.com", "bob@example.com"]
    room.configure(groups=["Lost"])
    with pytest.raises(Invalid, match="groups: expected ids, addresses or names of groups; 0 are named 'Lost'"):
        room.sync()


def test_users_without_a_licence_are_left_out_when_that_is_wanted(room: Room, configure: Configure) -> None:
    configure(onlyLicensedUsers=True)
    assert room.sync().created == ()
    room.configure(onlyLicensedUsers=False)
    assert room.sync().created == ("anna@example.com",)


def test_a_member_signs_in_with_their_password(room: Room, graph: LocalGraph, anna: User, configure: Configure) -> None:
    configure()
    room.sync()
    assert room.signs_in(anna.address, anna.password)
    assert not room.signs_in(anna.address, "another")
    assert not room.signs_in(anna.address, "")


def test_whoever_got_the_name_of_a_user_does_not_sign_in_as_them(
    room: Room, graph: LocalGraph, anna: User, configure: Configure
) -> None:
    configure()
    room.sync()
    graph.accounts.users.rename(LOCAL, anna.address, "anna.low@example.com")
    other = graph.user(anna.address)
    assert not room.signs_in(anna.address, other.password)


def test_a_disabled_member_is_locked_out(room: Room, graph: LocalGraph, anna: User, configure: Configure) -> None:
    configure(deleteUsersAutomatically=True)
    room.sync()
    graph.accounts.users.update(LOCAL, anna.address, UserChange(active=False))
    assert not room.signs_in(anna.address, anna.password)
    assert room.sync().deleted == ()


def test_a_wrong_secret_of_the_application_is_no_wrong_password(room: Room, anna: User, configure: Configure) -> None:
    configure(secret="wrong")
    with pytest.raises(Denied, match="is refused"):
        room.sync()
    room.by_hand(anna.address)
    with pytest.raises(Unavailable, match=r"cannot be asked\. The audit log has why"):
        room.signs_in(anna.address, anna.password)
    reason = room.events("UserLogin")[0].details["reason"]
    assert "refuses the application" in reason
    assert anna.password not in reason


def test_a_tenant_that_is_away_changes_nothing_and_is_no_wrong_password(
    room: Room, anna: User, configure: Configure
) -> None:
    configure(deleteUsersAutomatically=True)
    room.sync()
    nowhere = f"https://localhost:{free_port()}"
    room.configure(graphUrl=f"{nowhere}/v1.0/", authorityUrl=nowhere)
    with pytest.raises(Unavailable):
        room.sync()
    with pytest.raises(Unavailable, match="does not answer"):
        room.signs_in(anna.address, anna.password)
    assert [*room.users] == [anna.address]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"error": "invalid_grant", "error_codes": [50126]}, False),
        ({"error": "invalid_grant", "error_codes": [50076]}, False),
        ({"error": "interaction_required", "error_codes": [53003]}, False),
        ({"error": "invalid_grant", "error_codes": [65001]}, Denied),
        ({"error": "unauthorized_client", "error_codes": [700016], "error_description": "AADSTS700016"}, Denied),
        ({"error": "temporarily_unavailable"}, Unavailable),
        ({}, Unavailable),
        ({"access_token": "x"}, True),
        ({"access_token": "x", "id_token": "nonsense"}, True),
    ],
)
def test_what_the_sign_in_service_says(told: dict[str, Any], expected: bool | type[Exception]) -> None:
    answer = directory._Answer(**told)
    if isinstance(expected, bool):
        assert directory._accepted(answer, "key") is expected
    else:
        with pytest.raises(expected):
            directory._accepted(answer, "key")
