"""Both kinds of query, as a type checker sees them. Never run: `test_typed.py` has mypy read it."""

from __future__ import annotations

import datetime as dt
from typing import assert_type

from O365.mailbox import MailBox
from O365.utils import CompositeFilter, Query, QueryBuilder


def chained(mailbox: MailBox) -> str | None:
    query = mailbox.new_query("subject").contains("roof").chain("or").startswith("house")
    query = query.chain("and").on_attribute("created_date_time").greater(dt.datetime(2026, 3, 21))
    query = query.select("subject", "from").order_by("subject", ascending=False)
    needed: Query = query
    assert_type(needed.as_params(), dict[str, str])
    mailbox.get_messages(query=query)
    assert_type(query.get_order(), str | None)
    return query.get_filters()


def built(mailbox: MailBox) -> dict[str, str]:
    q = mailbox.new_query()
    builder: QueryBuilder = q
    either = builder.chain_or(builder.equals("subject", "roof"), builder.contains("subject", "house"))
    assert_type(either, CompositeFilter)
    assert_type(q.equals("is_read", False), CompositeFilter)
    both = q.equals("is_read", False) & q.greater("created_date_time", dt.date(2026, 3, 21))
    assert_type(both, CompositeFilter)
    assert_type(both & q.select("subject", "from"), CompositeFilter)
    assert_type(q.any("to_recipients", q.equals("name", "Anna")), CompositeFilter)
    assert_type(q.negate(q.equals("name", "Anna")), CompositeFilter)
    mailbox.get_messages(query=both)
    return both.as_params()
