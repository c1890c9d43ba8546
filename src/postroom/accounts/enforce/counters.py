"""Throttle settings and counters in the database `iredapd`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import BigInteger, Connection, Insert, bindparam, inspect, select, tuple_, update
from sqlalchemy.dialects import mysql, postgresql, sqlite

from postroom.accounts.database.tables.iredapd import (
    MOST_TRACKED_BYTES,
    MOST_TRACKED_MESSAGES,
    throttle,
    throttle_tracking,
)
from postroom.accounts.enforce.limits import Charge, Counter, Setting

T = TypeVar("T")
_AT_ONCE: Final = 200
"""Every engine takes so many pairs in one statement."""

_row = throttle.c
_SETTINGS: Final = select(
    _row.id, _row.account, _row.kind, _row.period, _row.msg_size, _row.max_msgs, _row.max_quota, _row.max_rcpts
).where(_row.account.in_(bindparam("accounts", expanding=True)), _row.period > 0)

_it = throttle_tracking.c
_COUNTERS: Final = select(
    _it.tid, _it.account, _it.id, _it.cur_msgs, _it.cur_quota, _it.init_time, _it.last_notify_time
).where(tuple_(_it.tid, _it.account).in_(bindparam("keys", expanding=True)))
# One order of locking for everybody; SQLite, which has one writer, compiles neither.
_LOCKED: Final = _COUNTERS.order_by(_it.tid, _it.account).with_for_update()

_COUNT: Final = (
    update(throttle_tracking)
    .where(_it.id == bindparam("counter"))
    .values(
        cur_msgs=_it.cur_msgs + bindparam("messages"),
        cur_quota=_it.cur_quota + bindparam("size_bytes"),
        period=bindparam("seconds"),
        last_time=bindparam("now"),
    )
)
_RESTART: Final = (
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
_NOTIFIED: Final = (
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
        found = (
            Setting(*row)
            for some in _parts(sorted(set(accounts)))
            for row in connection.execute(_SETTINGS, {"accounts": some})
        )
        return {(setting.account, setting.kind): setting for setting in found}

    def locked(self, connection: Connection, charges: Sequence[Charge]) -> list[Counter]:
        """The counter of each charge, made where it is missing, and nobody else's to change until the commit."""
        keys = [(charge.setting.id, charge.who) for charge in charges]
        found = _read(connection, keys)
        missing = [charge for charge in charges if (charge.setting.id, charge.who) not in found]
        if missing:
            # Two may make one at the same time: whoever comes second finds it.
            rows = [{"tid": one.setting.id, "account": one.who, "period": one.setting.period} for one in missing]
            connection.execute(_INSERT[connection.dialect.name], rows)
            found |= _read(connection, [(charge.setting.id, charge.who) for charge in missing])
        return [found[key] for key in keys]

    def count(
        self, connection: Connection, charged: Iterable[tuple[Charge, Counter]], size_bytes: int, now: int
    ) -> None:
        """Add the message to its counters; those whose window has ended begin a new one with it."""
        room = self._room = self._room or _room(connection)
        going: list[dict[str, int]] = []
        begun: list[dict[str, int]] = []
        for charge, counter in charged:
            over = counter.over(charge.setting.period, now)
            held = (0, 0) if over else (counter.messages, counter.size_bytes)
            added = {
                "counter": counter.id,
                "messages": max(0, min(charge.messages, room.messages - held[0])),
                "size_bytes": max(0, min(size_bytes, room.size_bytes - held[1])),
                "seconds": charge.setting.period,
                "now": now,
            }
            (begun if over else going).append(added)
        for statement, rows in ((_COUNT, going), (_RESTART, begun)):
            if rows:
                connection.execute(statement, rows)

    def notified(self, connection: Connection, counter: Counter, now: int) -> None:
        """Note that somebody was told that this window is full."""
        connection.execute(_NOTIFIED, {"counter": counter.id, "now": now})


def _read(connection: Connection, keys: Sequence[tuple[int, str]]) -> dict[tuple[int, str], Counter]:
    statement = _COUNTERS if connection.dialect.name == "sqlite" else _LOCKED
    return {
        (row[0], row[1]): Counter(*row[2:])
        for some in _parts(keys)
        for row in connection.execute(statement, {"keys": some})
    }


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
_MARIADB_INSERT: Final = mysql.insert(throttle_tracking).values(_NEW).on_duplicate_key_update(tid=_it.tid)
_INSERT: Final[Mapping[str, Insert]] = {
    "sqlite": sqlite.insert(throttle_tracking).values(_NEW).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(throttle_tracking).values(_NEW).on_conflict_do_nothing(),
    **dict.fromkeys(_MARIADB, _MARIADB_INSERT),
}


def _parts(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while part := list(islice(rest, _AT_ONCE)):
        yield part
