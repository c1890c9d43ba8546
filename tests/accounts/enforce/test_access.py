"""Who may write to an alias or a list."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import pytest
from sqlalchemy import insert, update
from tests.accounts.enforce.conftest import Server

from postroom.accounts.database.tables import vmail
from postroom.accounts.enforce.access import NOT_AUTHORIZED

TEAM = "team@example.com"
INSIDE, BELOW, OUTSIDE = "anna@example.com", "bert@mail.example.com", "carl@far.example"
ALIASED = "anna@alias.example"
MEMBER, MODERATOR, OTHER_MODERATOR = "member@far.example", "moderator@far.example", "anybody@trusted.example"
EVERYBODY = {INSIDE, ALIASED, BELOW, OUTSIDE, MEMBER, MODERATOR, OTHER_MODERATOR, ""}


def team(server: Server, policy: str) -> None:
    server.alias(TEAM, policy, [MEMBER], [MODERATOR, "*@trusted.example"])


def who_may(server: Server, recipient: str = TEAM, senders: Iterable[str] = EVERYBODY) -> set[str]:
    answers = {sender: server.rcpt(sender, recipient) for sender in senders}
    assert set(answers.values()) <= {"DUNNO", NOT_AUTHORIZED}
    return {sender for sender, answer in answers.items() if answer == "DUNNO"}


POLICIES = {
    "": EVERYBODY,
    "public": EVERYBODY,
    "domain": {INSIDE, ALIASED, MODERATOR, OTHER_MODERATOR},
    "subdomain": {INSIDE, ALIASED, BELOW, MODERATOR, OTHER_MODERATOR},
    "membersonly": {MEMBER},
    "moderatorsonly": {MODERATOR, OTHER_MODERATOR},
    "allowedonly": {MODERATOR, OTHER_MODERATOR},
    "membersandmoderatorsonly": {MEMBER, MODERATOR, OTHER_MODERATOR},
    "MembersOnly": {MEMBER},
}


@pytest.mark.parametrize("policy", POLICIES)
def test_each_policy_lets_pass_whom_it_names(server: Server, policy: str) -> None:
    team(server, policy)
    assert who_may(server) == POLICIES[policy]


def test_a_policy_holds_at_alias_domains_and_with_extensions(server: Server) -> None:
    team(server, "membersonly")
    for recipient in ("team@alias.example", "team+x@example.com", "TEAM+x@Alias.example"):
        assert who_may(server, recipient) == {MEMBER}


def test_a_member_is_known_with_an_extension_and_by_the_login(server: Server) -> None:
    team(server, "membersonly")
    assert server.rcpt("member+x@far.example", TEAM) == "DUNNO"
    assert server.rcpt(OUTSIDE, TEAM, login=MEMBER) == "DUNNO"
    assert server.rcpt(OUTSIDE, TEAM, login=INSIDE) == NOT_AUTHORIZED


def test_a_name_that_only_ends_like_the_domain_is_not_inside(server: Server) -> None:
    team(server, "subdomain")
    near = {"eve@badexample.com", "eve@com", "example.com", "mail.example.com", "eve@example.com.far.example"}
    assert who_may(server, senders=near) == set()


def test_other_recipients_are_left_to_postfix(server: Server) -> None:
    team(server, "membersonly")
    for recipient in ("anna@example.com", "nobody@example.com", "team@far.example", "team", ""):
        assert who_may(server, recipient) == EVERYBODY


def test_disabled_aliases_and_members_do_not_count(server: Server) -> None:
    team(server, "membersonly")
    with server.databases.write() as unit:
        unit.vmail.execute(update(vmail.forwardings).values(active=0))
    assert who_may(server) == set()
    with server.databases.write() as unit:
        unit.vmail.execute(update(vmail.alias).values(active=0))
    assert who_may(server) == EVERYBODY


def make_list(server: Server, policy: str) -> None:
    with server.databases.write() as unit:
        row = {"address": TEAM, "domain": "example.com", "accesspolicy": policy, "mlid": "1"}
        unit.vmail.execute(insert(vmail.maillists).values(row))
        unit.vmail.execute(insert(vmail.maillist_owners).values(address=TEAM, owner=MEMBER))
        unit.vmail.execute(insert(vmail.moderators).values(address=TEAM, moderator=MODERATOR))


def test_of_a_list_only_its_domain_is_asked_here_and_owners_and_moderators_pass(server: Server) -> None:
    make_list(server, "domain")
    assert who_may(server) == {INSIDE, ALIASED, MEMBER, MODERATOR}


@pytest.mark.parametrize("policy", ["membersonly", "moderatorsonly", "public"])
def test_what_only_the_lists_manager_can_know_is_left_to_it(server: Server, policy: str) -> None:
    make_list(server, policy)
    assert who_may(server) == EVERYBODY


def test_commands_and_bounces_reach_the_manager_of_a_list(server: Server) -> None:
    make_list(server, "domain")
    assert who_may(server, "team+subscribe@example.com") == EVERYBODY
    assert who_may(server, "team@alias.example", {OUTSIDE}) == set()


def test_a_policy_that_nobody_knows_is_logged_and_not_applied(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    team(server, "fridaysonly")
    with caplog.at_level(logging.WARNING):
        assert who_may(server, senders={OUTSIDE}) == {OUTSIDE}
    assert [vars(record)["policy"] for record in caplog.records] == ["fridaysonly"]
