"""Statements that each engine spells differently give the same everywhere."""

from __future__ import annotations

import threading
import tracemalloc
from collections import deque
from collections.abc import Callable

import pytest
from sqlalchemy import insert, select, update

from postroom.accounts.database.connect import Databases
from postroom.accounts.database.statements import (
    CHUNK,
    check_fits,
    for_update,
    in_order,
    insert_or_ignore,
    insert_or_update,
    streamed,
    update_or_insert,
)
from postroom.accounts.database.tables import amavisd, iredadmin, iredapd, vmail
from postroom.errors import Invalid

NAMES = ["_a", "-b", "a.b", "A", "a", "b", "b_c", "bc", "é", "z", "~"]


def test_insert_or_update_makes_a_row_once_and_changes_it_later(databases: Databases) -> None:
    table = iredadmin.settings
    for value in ("one", "two"):
        with databases.write() as unit:
            insert_or_update(unit.iredadmin, table, {"account": "global", "k": "x", "v": value}, ("account", "k"))
    with databases.read() as unit:
        assert unit.iredadmin.execute(select(table.c.v)).scalars().all() == ["two"]


def test_insert_or_ignore_keeps_what_is_there(databases: Databases) -> None:
    table = amavisd.mailaddr
    with databases.write() as unit:
        insert_or_ignore(unit.amavisd, table, [{"email": "a@x.org", "priority": 10}], ["email"])
        rows = [{"email": "a@x.org", "priority": 1}, {"email": "b@x.org", "priority": 2}]
        insert_or_ignore(unit.amavisd, table, rows, ["email"])
        insert_or_ignore(unit.amavisd, table, [], ["email"])
        found = unit.amavisd.execute(select(table.c.email, table.c.priority).order_by(table.c.id)).all()
    assert [tuple(row) for row in found] == [("a@x.org", 10), ("b@x.org", 2)]


def test_insert_or_ignore_does_not_hide_a_value_that_does_not_fit(databases: Databases) -> None:
    with pytest.raises(Invalid), databases.write() as unit:
        insert_or_ignore(unit.iredapd, iredapd.wblist_rdns, [{"rdns": "x" * 256, "wb": "B"}], ["rdns"])


def test_update_or_insert_needs_no_unique_key(databases: Databases) -> None:
    table = iredapd.throttle
    for limit in (3, 4):
        with databases.write() as unit:
            update_or_insert(unit.iredapd, table, {"account": "@.", "kind": "outbound"}, {"max_msgs": limit})
    with databases.write() as unit:  # a row that is changed to what it is
        update_or_insert(unit.iredapd, table, {"account": "@.", "kind": "outbound"}, {"max_msgs": 4})
        assert unit.iredapd.execute(select(table.c.max_msgs)).scalars().all() == [4]


def test_texts_sort_by_their_characters_on_each_engine(databases: Databases) -> None:
    column = vmail.deleted_mailboxes.c.username
    with databases.write() as unit:
        unit.vmail.execute(insert(vmail.deleted_mailboxes), [{"username": name} for name in reversed(NAMES)])
        assert unit.vmail.execute(select(column).order_by(in_order(column))).scalars().all() == sorted(NAMES)
        later = select(column).where(in_order(column) > in_order("b")).order_by(in_order(column).desc())
        assert unit.vmail.execute(later).scalars().all() == sorted((n for n in NAMES if n > "b"), reverse=True)


def test_a_row_read_for_update_is_changed_by_one_at_a_time(databases: Databases) -> None:
    table = iredapd.throttle_tracking
    with databases.write() as unit:
        unit.iredapd.execute(insert(iredapd.throttle).values(account="@."))
        tid = unit.iredapd.execute(select(iredapd.throttle.c.id)).scalar_one()
        unit.iredapd.execute(insert(table).values(tid=tid, account="a@example.com"))

    def count() -> None:
        for _ in range(10):
            with databases.write() as unit:
                held = unit.iredapd.execute(for_update(select(table.c.cur_msgs))).scalar_one()
                unit.iredapd.execute(update(table).values(cur_msgs=held + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with databases.read() as unit:
        assert unit.iredapd.execute(select(table.c.cur_msgs)).scalar_one() == 40


def test_streamed_rows_are_not_all_in_memory(databases: Databases) -> None:
    rows = [{"username": str(number), "maildir": "x" * 255} for number in range(8 * CHUNK)]
    with databases.write() as unit:
        unit.vmail.execute(insert(vmail.deleted_mailboxes), rows)
    statement = select(vmail.deleted_mailboxes.c.username, vmail.deleted_mailboxes.c.maildir)
    with databases.read() as unit:
        assert sum(1 for _ in streamed(unit.vmail, statement)) == len(rows)
        streaming = _peak(lambda: deque(streamed(unit.vmail, statement), maxlen=0))
        listing = _peak(lambda: unit.vmail.execute(statement).all())
    assert streaming < listing / 2


def _peak(action: Callable[[], object]) -> int:
    """Bytes that were in use at most."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_text_longer_than_its_column_is_named() -> None:
    check_fits(vmail.mailbox, {"username": "x" * 255, "quota": 1})
    with pytest.raises(Invalid, match=r"language: expected at most 5 characters\."):
        check_fits(vmail.mailbox, {"language": "german"})
    with pytest.raises(Invalid, match="banned_rulenames"):
        check_fits(amavisd.policy, {"banned_rulenames": "x" * 65})
