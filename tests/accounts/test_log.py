"""The admins' log, on each engine."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from postroom.accounts import log
from postroom.accounts.database.connect import Databases
from postroom.accounts.database.tables import iredadmin
from postroom.accounts.log import Author, Entry, Filters
from postroom.accounts.model import Page
from postroom.errors import Invalid

ROOT = Author("root@example.com", "192.0.2.1")


def note(databases: Databases, *messages: str, by: Author = ROOT, event: log.Event = "update", **about: str) -> None:
    with databases.write() as unit:
        for message in messages:
            log.record(unit, by, event, message, **about)


def messages(databases: Databases, filters: Filters = log.EVERYTHING, page: Page = Page()) -> list[str]:  # noqa: B008
    with databases.read() as unit:
        return [entry.message for entry in log.entries(unit, filters, page)]


def test_an_entry_tells_who_did_what_to_whom_from_where(databases: Databases) -> None:
    with databases.write() as unit:
        log.record(unit, ROOT, "create", "Create user.", domain="example.com", username="anna@example.com")
    with databases.read() as unit:
        (entry,) = log.entries(unit)
        time = unit.iredadmin.execute(select(iredadmin.log.c.timestamp)).scalar_one()
    assert entry == Entry(
        entry.id, time, "root@example.com", "192.0.2.1", "example.com", "anna@example.com", "create", "info",
        "[API] Create user.",
    )  # fmt: skip


def test_changes_that_do_not_come_through_the_api_are_not_marked_as_such(databases: Databases) -> None:
    note(databases, "Create user.", by=Author("root@example.com", api=False))
    assert messages(databases) == ["Create user."]


def test_an_entry_goes_with_the_change_it_is_about(databases: Databases) -> None:
    def fail() -> None:
        with databases.write() as unit:
            log.record(unit, ROOT, "update", "never happened")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert messages(databases) == []


def test_pages_are_newest_first_and_lose_and_repeat_nothing(databases: Databases) -> None:
    note(databases, *map(str, range(25)))
    found: list[str] = []
    after = ""
    with databases.read() as unit:
        while page := log.entries(unit, page=Page(after=after, limit=10)):
            assert len(page) <= 10
            found += [entry.message for entry in page]
            after = str(page[-1].id)
    assert found == [f"[API] {number}" for number in reversed(range(25))]


def test_a_page_without_a_limit_is_not_the_whole_log(databases: Databases) -> None:
    note(databases, *map(str, range(log.PAGE_ROWS + 1)))
    assert len(messages(databases)) == log.PAGE_ROWS


def test_filters_narrow_together(databases: Databases) -> None:
    anna = Author("anna@example.com", "192.0.2.2")
    note(databases, "a", domain="example.com", event="create")
    note(databases, "b", domain="example.net", username="x@example.net")
    note(databases, "c", domain="example.com", by=anna)
    note(databases, "d", by=anna)
    assert messages(databases, Filters(admin="anna@example.com")) == ["[API] d", "[API] c"]
    assert messages(databases, Filters(domain="example.com")) == ["[API] c", "[API] a"]
    assert messages(databases, Filters(domain="example.com", event="create")) == ["[API] a"]
    assert messages(databases, Filters(username="x@example.net")) == ["[API] b"]
    assert messages(databases, Filters(domains={"example.com", "example.net"})) == ["[API] c", "[API] b", "[API] a"]
    assert messages(databases, Filters(domain="example.net", domains={"example.com"})) == []
    assert messages(databases, Filters(domains=())) == []


def test_a_search_finds_parts_of_messages_without_regard_to_case(databases: Databases) -> None:
    note(databases, "Update ANNA: 100% of name_x", "Update Bob: 1000 of namexx")
    assert messages(databases, page=Page(search="anna")) == ["[API] Update ANNA: 100% of name_x"]
    assert messages(databases, page=Page(search="0% OF name_")) == ["[API] Update ANNA: 100% of name_x"]
    assert len(messages(databases, page=Page(search="update"))) == 2
    assert messages(databases, page=Page(search="' OR '1'='1")) == []


def test_an_entry_is_one_printable_line_that_fits(databases: Databases) -> None:
    spoof = "x\n2026-01-01 root deleted everything\r\x00\x1b[31m\ud800\u2028end"
    note(databases, spoof, "ä" * 100_000, by=Author("root@example.com", "fe80::1%" + "e" * 60))
    long, short = messages(databases)
    assert short == "[API] x 2026-01-01 root deleted everything   [31m  end"
    assert long.startswith("[API] ää")
    assert short.isprintable()
    with databases.read() as unit:
        assert len(log.entries(unit)[0].ip) == 40


@pytest.mark.parametrize("after", ["x", "-1", "1 OR 1=1", "٣", "9" * 30])
def test_a_page_after_what_is_no_id_is_invalid(databases: Databases, after: str) -> None:
    with databases.read() as unit, pytest.raises(Invalid) as error:
        log.entries(unit, page=Page(after=after))
    assert error.value.field == "after"
