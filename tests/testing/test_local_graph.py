"""`local_graph` in the hands of a program: two at once, a home that is kept, settings, faults."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from O365 import Account
from postroom.testing import LocalGraph, User, local_graph

MESSAGE = b"From: carl@elsewhere.example\r\nSubject: %s\r\n\r\nHello\r\n"


def subjects(graph: LocalGraph, user: User) -> list[str]:
    return sorted(message.subject for message in graph.account(user).mailbox().inbox_folder().get_messages())


def test_two_at_once_know_nothing_of_each_other() -> None:
    with local_graph() as one, local_graph() as two:
        first, second = one.user("anna@example.com"), two.user("anna@example.com")
        one.deliver(MESSAGE % b"For one", first)
        two.deliver(MESSAGE % b"For two", second)
        assert (subjects(one, first), subjects(two, second)) == (["For one"], ["For two"])
        assert one.tenant != two.tenant
        assert one.home != two.home
    assert not one.home.exists()


def test_a_home_that_is_given_twice_keeps_mail_users_and_app(tmp_path: Path) -> None:
    with local_graph(tmp_path) as graph:
        anna = graph.user("anna@example.com", name="Anna Berg")
        graph.deliver(MESSAGE % b"Kept", anna)
        app, tenant = graph.app.id, graph.tenant
    with local_graph(tmp_path) as graph:
        assert (graph.app.id, graph.tenant) == (app, tenant)
        assert subjects(graph, anna) == ["Kept"]
        again = graph.user("anna@example.com", password="Another-Horse-8")
        assert again == User(anna.id, anna.address, "Another-Horse-8")
        assert subjects(graph, again) == ["Kept"]
        person = graph.workspace.people.find(anna.address)
        assert person is not None
        assert person.name == "Anna Berg"


def test_a_wrong_password_is_no_account() -> None:
    with local_graph() as graph:
        anna = graph.user("anna@example.com")
        with pytest.raises(RuntimeError, match="could not sign in"):
            graph.account(User(anna.id, anna.address, "wrong"))


def test_an_app_without_a_user_reaches_every_mailbox() -> None:
    with local_graph() as graph:
        anna = graph.user("anna@example.com")
        graph.deliver(MESSAGE % b"Seen", anna)
        account = Account(
            (graph.app.id, graph.secret),
            auth_flow_type="credentials",
            tenant_id=graph.tenant,
            authority=graph.authority,
            base_url=graph.base_url,
            verify_ssl=str(graph.ca_file),
            token_backend=None,
            token_path=graph.home,
        )
        assert account.authenticate()
        messages = account.mailbox(resource=anna.address).inbox_folder().get_messages()
        assert [message.subject for message in messages] == ["Seen"]


def test_a_rule_in_the_faults_file_makes_requests_fail_from_then_on() -> None:
    with local_graph() as graph:
        account = graph.account(graph.user("anna@example.com"), request_retries=0)
        inbox = account.mailbox().inbox_folder()
        assert list(inbox.get_messages()) == []
        graph.faults_file.write_text('[[rule]]\npath = "/me/*"\nstatus = 503\n')
        with pytest.raises(requests.HTTPError, match="503"):
            list(inbox.get_messages())
        assert list(inbox.get_messages()) == []


def test_settings_may_differ() -> None:
    with local_graph(changes={"graph": {"limit_requests": 1}}) as graph:
        anna = graph.user("anna@example.com")
        inbox = graph.account(anna, request_retries=0).mailbox().inbox_folder()
        assert list(inbox.get_messages()) == []
        with pytest.raises(requests.HTTPError, match="429"):
            list(inbox.get_messages())


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    with local_graph() as graph:
        assert subjects(graph, graph.user("anna@example.com")) == []
