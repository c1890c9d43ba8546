"""Throttle settings and counters in the database `iredapd`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    bindparam,
    delete,
    inspect,
    select,
    update,
)
from sqlalchemy.dialects import mysql, postgresql, sqlite

from postroom.accounts.database.connect import Databases
from postroom.accounts.database.prepared import Prepared
from postroom.accounts.database.tables.iredapd import (
    MOST_TRACKED_BYTES,
    MOST_TRACKED_MESSAGES,
    throttle,
    throttle_tracking,
)
from postroom.accounts.enforce.limits import Charge, Counter, Setting, Tally

T = TypeVar("T")
_AT_ONCE: Final = 64
"""How many names one statement asks for."""


def _in(column: Column[T], name: str, most: int) -> ColumnElement[bool]:
    # Parameters one by one: a list that SQLAlchemy expands costs more than all the rest of a statement.
    return column.in_([bindparam(f"{name}{number}") for number in range(most)])


def _filled(name: str, values: Sequence[object], most: int) -> dict[str, object]:
    """Parameters for `_in`; the last value fills what is left."""
    return {f"{name}{number}": values[min(number, len(values) - 1)] for number in range(most)}


def _room_for(values: Sequence[object]) -> int:
    """The length of the list for these values: few lengths make few statements."""
    return next(most for most in _LENGTHS if len(values) <= most)


_LENGTHS: Final = (2, 8, 16, _AT_ONCE)


@cache
def _settings(accounts: int) -> Prepared:
    it = throttle.c
    columns = (it.id, it.account, it.kind, it.period, it.msg_size, it.max_msgs, it.max_quota, it.max_rcpts)
    return Prepared(select(*columns).where(_in(it.account, "account", accounts), it.period > 0))


@cache
def _locked(tids: int, accounts: int) -> Prepared:
    """More than was asked for may be found: SQLite and MariaDB use no index for pairs.

    One order of locking for everybody; SQLite, where a writer is alone, leaves the lock out.
    """
    it = throttle_tracking.c
    return Prepared(
        select(it.tid, it.account, it.id, it.cur_msgs, it.cur_quota, it.init_time, it.last_notify_time)
        .where(_in(it.tid, "tid", tids), _in(it.account, "account", accounts))
        .order_by(it.tid, it.account)
        .with_for_update()
    )


_it = throttle_tracking.c
_COUNT: Final = Prepared(
    update(throttle_tracking)
    .where(_it.id == bindparam("counter"))
    .values(
        cur_msgs=_it.cur_msgs + bindparam("messages"),
        cur_quota=_it.cur_quota + bindparam("size_bytes"),
        period=bindparam("seconds"),
        last_time=bindparam("now"),
    )
)
_RESTART: Final = Prepared(
    update(throttle_tracking)
    .where(_it.id == bindparam("counter"))
    .values(
        cur_msgs=bindparam("messages"),
        cur_quota=bindparam("size_bytes"),
        period=bindparam("seconds"),
        init_time=bindparam("now"),
        last_time=bindparam("now"),
    )
)
_FORGOTTEN_AT_ONCE: Final = 500
# A window that was renewed meanwhile is left alone.
_IS_OVER: Final = _it.init_time + _it.period < bindparam("now", type_=BigInteger)
_OVER: Final = select(_it.id).where(_IS_OVER).order_by(_it.id)
_FORGET: Final = delete(throttle_tracking).where(_IS_OVER, _it.id.in_(bindparam("ids", expanding=True)))
_NOTIFIED: Final = Prepared(
    update(throttle_tracking).where(_it.id == bindparam("counter")).values(last_notify_time=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class Room:
    """The largest values that the columns of counters hold."""

    messages: int = 2**63 - 1
    size_bytes: int = 2**63 - 1


class Counters:
    """Reads settings, locks counters, counts. It works in the caller's transaction and keeps nothing but `Room`."""

    def __init__(self) -> None:
        self._room: Room | None = None

    def settings(self, connection: Connection, accounts: Iterable[str]) -> Mapping[tuple[str, str], Setting]:
        """The settings of these accounts, of every kind, by account and kind."""
        found = {}
        for some in _parts(sorted(set(accounts))):
            most = _room_for(some)
            for row in _settings(most).rows(connection, _filled("account", some, most)):
                setting = Setting(*row)
                found[setting.account, setting.kind] = setting
        return found

    def locked(self, connection: Connection, charges: Iterable[Charge], now: int) -> dict[tuple[int, str], Tally]:
        """The counter of each charge, made where it is missing, and nobody else's to change until the commit."""
        periods = {charge.key: charge.setting.period for charge in charges}
        # Sorted, so that two transactions lock counters in one order.
        found = _read(connection, sorted(periods))
        if missing := sorted(periods.keys() - found.keys()):
            # Two may make one at the same time: whoever comes second finds it.
            rows = [{"tid": tid, "account": who, "period": periods[tid, who]} for tid, who in missing]
            _INSERT[connection.dialect.name].each(connection, rows)
            found |= _read(connection, missing)
        return {key: Tally.of(found[key], period, now) for key, period in periods.items()}

    def write(self, connection: Connection, tallies: Iterable[Tally], now: int) -> None:
        """What was added to the counters. Those whose window had ended begin a new one with it."""
        room = self._room = self._room or _room(connection)
        tallies = tuple(tallies)
        changed = [tally for tally in tallies if tally.added_messages]
        for statement, over in ((_COUNT, False), (_RESTART, True)):
            if rows := [_added(tally, room, now) for tally in changed if tally.over is over]:
                statement.each(connection, rows)
        if told := [{"counter": tally.counter.id, "now": now} for tally in tallies if tally.notified]:
            _NOTIFIED.each(connection, told)


def forget_over(databases: Databases, now: int) -> None:
    """Delete the counters whose window has ended: the next message would begin a new one in any case.

    Who may choose recipients or senders, as everybody may where a domain takes all mail, makes a row with each. Some
    at a time: nobody who counts waits long.
    """
    with databases.read() as unit:
        if not unit.has_iredapd:
            return
        ids = unit.iredapd.execute(_OVER, {"now": now}).scalars().all()
    rest = iter(ids)
    while some := list(islice(rest, _FORGOTTEN_AT_ONCE)):
        with databases.write(durable=False) as unit:
            unit.iredapd.execute(_FORGET, {"now": now, "ids": some})


def _added(tally: Tally, room: Room, now: int) -> dict[str, int]:
    return {
        "counter": tally.counter.id,
        "messages": max(0, min(tally.added_messages, room.messages - tally.found_messages)),
        "size_bytes": max(0, min(tally.added_bytes, room.size_bytes - tally.found_bytes)),
        "seconds": tally.period,
        "now": now,
    }


def _read(connection: Connection, keys: Sequence[tuple[int, str]]) -> dict[tuple[int, str], Counter]:
    found: dict[tuple[int, str], Counter] = {}
    for some in _parts(keys):
        tids, accounts = sorted({tid for tid, _ in some}), sorted({account for _, account in some})
        lengths = _room_for(tids), _room_for(accounts)
        given = _filled("tid", tids, lengths[0]) | _filled("account", accounts, lengths[1])
        found |= {(row[0], row[1]): Counter(*row[2:]) for row in _locked(*lengths).rows(connection, given)}
    return found


def _room(connection: Connection) -> Room:
    """Tables that iRedMail made in MariaDB have narrow counters, which it refuses to overfill; ours have not."""
    if connection.dialect.name not in _MARIADB:
        return Room()
    types = {column["name"]: column["type"] for column in inspect(connection).get_columns(throttle_tracking.name)}
    wide = {name: isinstance(types[name], BigInteger) for name in ("cur_msgs", "cur_quota")}
    whole = Room()
    return Room(
        whole.messages if wide["cur_msgs"] else MOST_TRACKED_MESSAGES,
        whole.size_bytes if wide["cur_quota"] else MOST_TRACKED_BYTES,
    )


_MARIADB: Final = ("mysql", "mariadb")
_NEW: Final[dict[str, Any]] = {
    "tid": bindparam("tid"),
    "account": bindparam("account"),
    "period": bindparam("period"),
    **dict.fromkeys(("cur_msgs", "cur_quota", "init_time", "last_time", "last_notify_time"), 0),
}
# INSERT IGNORE would also hide that the setting has gone; and it locks in a way that two can wait for each other.
_MARIADB_INSERT: Final = Prepared(mysql.insert(throttle_tracking).values(_NEW).on_duplicate_key_update(tid=_it.tid))
_INSERT: Final[Mapping[str, Prepared]] = {
    "sqlite": Prepared(sqlite.insert(throttle_tracking).values(_NEW).on_conflict_do_nothing()),
    "postgresql": Prepared(postgresql.insert(throttle_tracking).values(_NEW).on_conflict_do_nothing()),
    **dict.fromkeys(_MARIADB, _MARIADB_INSERT),
}


def _parts(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while part := list(islice(rest, _AT_ONCE)):
        yield part
