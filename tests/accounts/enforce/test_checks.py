"""The order of checks, their states, and that one request cannot spoil another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from tests.accounts.enforce.conftest import Clock, Make

from postroom.accounts.database.connect import Databases
from postroom.accounts.database.tables import iredapd
from postroom.accounts.enforce.checks import Check, Checks, Moment
from postroom.accounts.enforce.enforcement import enforcement
from postroom.accounts.enforce.request import END_OF_MESSAGE, RCPT, Request
from postroom.accounts.enforce.sql import SqlDirectory
from postroom.errors import Unavailable
from postroom.settings import Accounts, Policy


@dataclass
class Fixed:
    """Answers by the sender; writes a row for each request that it is asked about."""

    answers: dict[str, str]
    states: frozenset[str] = frozenset({RCPT})
    writes: frozenset[str] = frozenset({RCPT})
    asked: list[str] = field(default_factory=list)

    def answer(self, requests: Sequence[Request], moment: Moment) -> list[str | None]:
        return [self.one(request, moment) for request in requests]

    def one(self, request: Request, moment: Moment) -> str | None:
        self.asked.append(request.sender)
        moment.unit.iredapd.execute(insert(iredapd.srs_exclude_domains).values(domain=request.sender))
        if request.sender == "broken":
            raise RuntimeError("a mistake")
        return self.answers.get(request.sender)


def rcpt(sender: str) -> Request:
    return Request(state=RCPT, sender=sender)


def checks(databases: Databases, *given: Check) -> Checks:
    return Checks(given, databases, SqlDirectory)


def written(databases: Databases) -> list[str]:
    with databases.read() as unit:
        rows = unit.iredapd.execute(
            select(iredapd.srs_exclude_domains.c.domain).order_by(iredapd.srs_exclude_domains.c.id)
        )
        return [row[0] for row in rows]


def test_the_first_decisive_answer_wins(databases: Databases) -> None:
    first = Fixed({"a": "OK"}, writes=frozenset({RCPT}))
    second = Fixed({"a2": "REJECT"})
    found = checks(databases, first, second)
    assert found.answer([rcpt("a")]) == ["OK"]
    assert second.asked == []


def test_a_state_that_no_check_has_is_answered_without_the_database(databases: Databases) -> None:
    databases.close()
    found = checks(databases, Fixed({}))
    assert found.answer([Request(state="CONNECT"), Request(state=END_OF_MESSAGE)]) == ["DUNNO", "DUNNO"]


def test_requests_together_are_answered_in_their_order(databases: Databases) -> None:
    found = checks(databases, Fixed({"b": "REJECT"}))
    assert found.answer([rcpt("a"), rcpt("b"), rcpt("c")]) == ["DUNNO", "REJECT", "DUNNO"]
    assert written(databases) == ["a", "b", "c"]


def test_one_that_breaks_is_undone_and_the_others_are_answered_once(databases: Databases) -> None:
    broken, good = checks(databases, Fixed({"b": "REJECT"})).answer([rcpt("broken"), rcpt("b")])
    assert isinstance(broken, RuntimeError)
    assert good == "REJECT"
    assert written(databases) == ["b"]


def test_one_that_the_database_refuses_does_not_spoil_the_others(databases: Databases) -> None:
    answers = checks(databases, Fixed({})).answer([rcpt("a"), rcpt("a"), rcpt("b")])
    assert [answer for answer in answers if answer == "DUNNO"] == ["DUNNO", "DUNNO"]
    assert isinstance(answers[1], Exception)
    assert written(databases) == ["a", "b"]


def test_a_database_that_is_away_fails_all_and_is_used_again_when_it_is_back(make: Make) -> None:
    server = make()
    server.throttle("@.", max_msgs=1)
    away = Databases("postgresql", {})
    lost = Checks([Fixed({})], away, SqlDirectory)
    (answer,) = lost.answer([rcpt("a")])
    assert isinstance(answer, Exception)
    assert server.send() == "DUNNO"


def test_without_the_database_of_throttles_nothing_is_throttled(tmp_path: Path) -> None:
    nothing = Databases("ldap", {})
    found = enforcement(Policy(), Accounts(backend="ldap"), nothing, lambda _: Nobody(), Clock())
    request = Request.of({"protocol_state": END_OF_MESSAGE, "sender": "a@b.example", "recipient_count": "1"})
    assert found.answer([request, rcpt("a")]) == ["DUNNO", "DUNNO"]


class Nobody:
    """A directory without accounts."""

    def is_local_domain(self, domain: str) -> bool:
        return False

    def target_domain(self, alias_domain: str) -> str | None:
        return None

    def alias(self, address: str) -> None:
        return None


def test_a_closed_database_is_unavailable(databases: Databases) -> None:
    found = checks(databases, Fixed({}))
    databases.close()
    answers = found.answer([rcpt("a"), rcpt("b")])
    assert [type(answer) for answer in answers] == [Unavailable, Unavailable]


@pytest.mark.parametrize("database_settings", ["sqlite"], indirect=True)
def test_only_one_thread_asks_sqlite_and_it_takes_what_waits(databases: Databases) -> None:
    found = checks(databases)
    assert (found.threads, found.together > 1) == (1, True)


@pytest.mark.parametrize("database_settings", ["postgresql", "mariadb"], indirect=True)
def test_servers_are_asked_by_several_threads(databases: Databases) -> None:
    found = checks(databases)
    assert (found.threads > 1, found.together) == (True, 1)
