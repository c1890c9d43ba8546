"""What the guides to calendars, sites, plans and asyncio show, on a server of their own: they name users and sites."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from tests.clients.o365.guides import run_guide

import O365.aio
from O365 import Account
from O365.utils import MemoryTokenBackend
from postroom.testing import LocalGraph, User, local_graph


@pytest.fixture(scope="module")
def graph() -> Iterator[LocalGraph]:
    with local_graph() as running:
        yield running


@pytest.fixture(scope="module")
def anna(graph: LocalGraph) -> User:
    graph.user("bert@example.com", name="Bert Berg")
    return graph.user("anna@example.com", name="Anna Berg")


@pytest.fixture(scope="module")
def account(graph: LocalGraph, anna: User) -> Account:
    return graph.account(anna)


def test_the_guide_of_calendars(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    found = run_guide("calendars.md", account=account)
    *meetings, contact = capsys.readouterr().out.splitlines()
    assert [line[:10] for line in meetings] == ["2026-06-01", "2026-06-08", "2026-06-15", "2026-06-22"]
    assert contact == "George Best"
    assert [to.address for to in found["message"].to] == ["anna@example.com"]
    assert found["todo"].get_default_folder().get_task(found["task"].task_id).is_completed


def test_the_guide_of_sites(graph: LocalGraph, account: Account) -> None:
    graph.workspace.sites.places.create("sites/yard", "The Yard")
    carts = run_guide("sharepoint.md", account=account)["carts"]
    assert [item.fields["Colour"] for item in carts.get_items(expand_fields=True)] == ["blue"]


def test_the_guide_of_plans(
    graph: LocalGraph, anna: User, account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"displayName": "Smiths", "mailNickname": "smiths", "mailEnabled": False, "securityEnabled": True}
    group = graph.workspace.directory.create_group(given, anna.id)["id"]
    run_guide("planner.md", account=account, group_id=group)
    assert capsys.readouterr().out == "Sweep the yard 50\n"


def test_the_guide_of_asyncio(
    graph: LocalGraph, anna: User, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    graph.deliver(b"Subject: Hello\r\n\r\nHello", anna)
    service = {"authority": graph.authority, "base_url": graph.base_url, "verify_ssl": str(graph.ca_file)}
    person = {"auth_flow_type": "password", "username": anna.address, "password": anna.password, "main_resource": "me"}
    real = partial(O365.aio.Account, **service, **person, token_backend=MemoryTokenBackend())
    # Without a browser: with a password, and so without a secret.
    monkeypatch.setattr(O365.aio, "Account", lambda credentials, **given: real(credentials[:1], **given))
    run_guide("asyncio.md", client_id=graph.app.id, secret=graph.secret, tenant=graph.tenant)
    assert "Hello" in capsys.readouterr().out.splitlines()
