"""How long the first page of an inbox of a million messages takes: the unread ones, newest first.

The floor is the same statement by the standard library's sqlite3 on the same file, which returns numbers only.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.bench import Bench
from benchmarks.claim import Bound, Claim
from postroom.workspace.query.options import Options, Order
from postroom.workspace.query.tree import And, Compare, Literal
from postroom.workspace.query.tree import Path as Name
from postroom.workspace.store.kinds import Column, Kind
from postroom.workspace.store.listing import ItemPage, Listing
from postroom.workspace.store.rows import Item
from postroom.workspace.store.store import FILE, Store

MESSAGES: Final = 1_000_000
FEW: Final = 2_000
TOGETHER: Final = 20_000
MAILBOX: Final = "0d4ac6a7-5b0c-4b0e-9b1e-000000000001"
KINDS: Final = (
    Kind("mailFolder", "mail_folder", (Column("name", "displayName", "text"),)),
    Kind(
        "message",
        "message",
        (
            Column("received", "receivedDateTime", "instant"),
            Column("is_read", "isRead", "flag"),
            Column("subject", "subject", "text"),
            Column("from_address", "from/emailAddress/address", "text"),
            Column("internet_message_id", "internetMessageId", "text"),
            Column("conversation_id", "conversationId", "text"),
        ),
    ),
)
RECEIVED: Final = Name(("receivedDateTime",))
UNREAD: Final = Compare("eq", Name(("isRead",)), Literal(value=False))
_FLOOR: Final = """SELECT item FROM message
  WHERE parent = ? AND is_read = 0 ORDER BY received DESC, item DESC LIMIT 11"""


def measure(bench: Bench) -> Claim:
    """Milliseconds: the worst of the medians of some pages, the first one among them."""
    count = MESSAGES if bench.mail.messages >= FEW else FEW
    directory = bench.scratch / "graph-store"
    with Store(directory, KINDS) as store:
        start = time.perf_counter()
        inbox = _fill(store, count)
        filled_s = time.perf_counter() - start
        told, ours = _pages(store, inbox, bench.repeat)
        counted = _ms(bench.repeat, lambda: _count(store, inbox))
    floor = _floor(directory, inbox, bench.repeat)
    return Claim(
        "graph_store",
        max(ours.values()),
        "ms",
        ours["first page"] / floor,
        Bound("value", "at most", 20.0),
        {
            "messages": count,
            "ms": ours,
            "floor ms": floor,
            "count of unread ms": counted,
            "added per second": count / filled_s,
            "bytes per message": (directory / FILE).stat().st_size / count,
        },
        {"the newest unread, in order": told == _newest_unread(count)},
    )


def _fill(store: Store, count: int) -> Item:
    with store.write() as unit:
        inbox = unit.items.add(MAILBOX, "mailFolder", None, {"displayName": "Inbox"})
    for some in range(0, count, TOGETHER):
        with store.write() as unit:
            for number in range(some, min(some + TOGETHER, count)):
                unit.items.add(MAILBOX, "message", inbox, _message(number))
    return inbox


def _message(number: int) -> dict[str, object]:
    """One a minute; every fourth is unread; and not stored in the order they came."""
    minute = _minute(number)
    return {
        "subject": f"Message {minute} about the work that is to be done this week",
        "receivedDateTime": _received(minute),
        "isRead": minute % 4 != 0,
        "bodyPreview": f"Dear all, this is the text of message {minute}. " * 4,
        "from": {"emailAddress": {"name": "A colleague", "address": f"colleague{number % 997}@example.com"}},
        "toRecipients": [{"emailAddress": {"name": "Me", "address": "me@example.com"}}],
        "internetMessageId": f"<{minute}@example.com>",
        "conversationId": f"conversation-{minute // 5}",
    }


def _minute(number: int) -> int:
    return number * 7_919 % MESSAGES


def _received(minute: int) -> str:
    return (datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _newest_unread(count: int) -> list[str]:
    minutes = sorted((_minute(number) for number in range(count)), reverse=True)
    return [_received(minute) for minute in minutes if minute % 4 == 0][:20]


def _pages(store: Store, inbox: Item, repeat: int) -> tuple[list[str], dict[str, float]]:
    """When the messages of the first two pages came, and how long pages take."""
    newest = Options(filter=UNREAD, orderby=(Order(RECEIVED, descending=True),))
    first = _page(store, inbox, newest)
    then = replace(newest, cursor=first.cursor)
    middle = Literal(datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=MESSAGES // 2))
    asked = {
        "first page": newest,
        "second page": then,
        "first page, read ones too": replace(newest, filter=None),
        "before a day in the middle": replace(newest, filter=And((UNREAD, Compare("le", RECEIVED, middle)))),
    }
    times = {name: _ms(repeat, partial(_page, store, inbox, options)) for name, options in asked.items()}
    rows = [*first.rows, *_page(store, inbox, then).rows]
    return [item.document["receivedDateTime"] for item in rows], times


def _page(store: Store, inbox: Item, options: Options) -> ItemPage:
    with store.read() as unit:
        return unit.items.page(Listing(MAILBOX, ("message",), inbox, options=options))


def _count(store: Store, inbox: Item) -> int:
    with store.read() as unit:
        return unit.items.count(Listing(MAILBOX, ("message",), inbox, options=Options(filter=UNREAD)))


def _ms(repeat: int, call: Callable[[], object]) -> float:
    return median(_times(repeat * 5, call)) * 1000


def _times(repeat: int, call: Callable[[], object]) -> Iterator[float]:
    for _ in range(repeat):
        start = time.perf_counter()
        call()
        yield time.perf_counter() - start


def _floor(directory: Path, inbox: Item, repeat: int) -> float:
    connection = sqlite3.connect(directory / FILE)
    try:
        return _ms(repeat, lambda: connection.execute(_FLOOR, (inbox.number,)).fetchall())
    finally:
        connection.close()
