"""Sessions of admins, table `iredadmin.sessions`: one row each, until it was not used for a while.

The table has the SHA-512 of the session id, so that who reads it can use no session. It may be shared with a web panel
whose rows say nothing to us: no session id leads to one of those, and they are deleted only when long out of use.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, delete, insert, not_, select, update

from postroom.accounts.database.connect import Databases, Unit
from postroom.accounts.database.tables import iredadmin

ID_BYTES: Final = 32
_ID: Final = re.compile(rf"[0-9a-f]{{{2 * ID_BYTES}}}")
_OURS: Final = '{"postroom": '
"""What the data of our rows begins with. JSON in front of which others put a word, or base64, never begins so."""
TOUCHES: Final = 30
"""How often in its lifetime a session in use is written again. It may end so much too early."""
OTHERS_S: Final = 2 * 86_400
"""After so long out of use the row of another program is over: panels write local time and choose their own limit."""

_COLUMNS: Final = iredadmin.sessions.c
_INSERT: Final = insert(iredadmin.sessions)
_FIND: Final = select(_COLUMNS.atime, _COLUMNS.data).where(_COLUMNS.session_id == bindparam("key"))
_TOUCH: Final = update(iredadmin.sessions).where(_COLUMNS.session_id == bindparam("key"))
_DELETE: Final = delete(iredadmin.sessions).where(_COLUMNS.session_id == bindparam("key"))
_IS_OURS: Final = _COLUMNS.data.startswith(_OURS)
_EXPIRE: Final = delete(iredadmin.sessions).where(_IS_OURS, _COLUMNS.atime < bindparam("before"))
_EXPIRE_OTHERS: Final = delete(iredadmin.sessions).where(not_(_IS_OURS), _COLUMNS.atime < bindparam("before"))


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in, and from where. Times are seconds since 1970; `used_s` may be `timeout / TOUCHES` old."""

    address: str
    ip: str
    created_s: int
    used_s: int


class Missing(Enum):
    """Why there is no session. It counts as false."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    OTHER_IP = "other_ip"

    def __bool__(self) -> bool:
        return False


class Sessions:
    """Safe to use from threads and from several programs at once: all of it is in the database."""

    def __init__(
        self,
        databases: Databases,
        timeout_s: float,
        ignore_change_ip: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`ignore_change_ip`: a session may go on from another IP address."""
        self._databases, self._timeout_s, self._clock = databases, timeout_s, clock
        self._ignore_change_ip = ignore_change_ip

    def create(self, address: str, ip: str) -> str:
        """Sign in; the answer is the session id, which is told once and kept nowhere."""
        session_id, now_s = secrets.token_hex(ID_BYTES), self._clock()
        data = json.dumps({"postroom": 1, "address": address, "ip": ip, "created": int(now_s)})
        with self._databases.write() as unit:
            row = {"session_id": _key(session_id), "atime": _moment(now_s), "data": data}
            unit.iredadmin.execute(_INSERT, row)
        return session_id

    def find(self, session_id: str, ip: str) -> Session | Missing:
        """The session, in use from now on for another `timeout_s`.

        One indexed SELECT, and a write at most `TOUCHES` times per `timeout_s`.
        """
        if not _ID.fullmatch(session_id):
            return Missing.UNKNOWN
        with self._databases.read() as unit:
            row = unit.iredadmin.execute(_FIND, {"key": _key(session_id)}).one_or_none()
        session = None if row is None else _session(row.data, row.atime)
        if session is None:
            return Missing.UNKNOWN
        # The IP address first: who stole an id learns nothing about it.
        if session.ip != ip and not self._ignore_change_ip:
            return Missing.OTHER_IP
        idle_s = self._clock() - session.used_s
        if idle_s > self._timeout_s:
            return Missing.EXPIRED
        if idle_s > self._timeout_s / TOUCHES:
            self._touch(session_id)
        return session

    def _touch(self, session_id: str) -> None:
        with self._databases.write() as unit:
            # Somebody may have ended it just now: then nothing is found, and it stays ended.
            unit.iredadmin.execute(_TOUCH.values(atime=_moment(self._clock())), {"key": _key(session_id)})

    def delete(self, session_id: str) -> None:
        """Sign out; nothing when there is no such session."""
        if _ID.fullmatch(session_id):
            with self._databases.write() as unit:
                unit.iredadmin.execute(_DELETE, {"key": _key(session_id)})

    def delete_of(self, address: str) -> None:
        """Sign somebody out everywhere."""
        with self._databases.write() as unit:
            delete_of(unit, address)

    def expire(self) -> None:
        """Delete what is over; to be called every hour or so. Until then `find` says EXPIRED of it, later UNKNOWN."""
        now_s = self._clock()
        with self._databases.write() as unit:
            unit.iredadmin.execute(_EXPIRE, {"before": _moment(now_s - self._timeout_s)})
            unit.iredadmin.execute(_EXPIRE_OTHERS, {"before": _moment(now_s - max(OTHERS_S, self._timeout_s))})


def delete_of(unit: Unit, address: str) -> None:
    """Sign somebody out everywhere, in the transaction that changes their password or rights."""
    holding = _COLUMNS.data.contains(json.dumps(address), autoescape=True)
    _end(unit, holding, lambda found: found == address)


def delete_of_domain(unit: Unit, domain: str, *, but: Collection[str] = ()) -> None:
    """Sign out all of a domain everywhere, `but` these addresses."""
    at_domain = f"@{domain}"
    holding = _COLUMNS.data.contains(at_domain, autoescape=True)
    _end(unit, holding, lambda found: found.endswith(at_domain) and found not in but)


def _end(unit: Unit, holding: ColumnElement[bool], is_meant: Callable[[str], bool]) -> None:
    """`holding` reads the table only once over; it finds too much, since LIKE knows nothing of JSON."""
    query = select(_COLUMNS.session_id, _COLUMNS.data).where(_IS_OURS, holding)
    rows = unit.iredadmin.execute(query).all()
    keys = [{"key": row.session_id} for row in rows if is_meant(str(_data(row.data).get("address", "")))]
    if keys:
        unit.iredadmin.execute(_DELETE, keys)


def _key(session_id: str) -> str:
    return hashlib.sha512(session_id.encode()).hexdigest()


def _session(text: str, atime: str) -> Session | None:
    data = _data(text)
    try:
        return Session(str(data["address"]), str(data["ip"]), int(data["created"]), _seconds(atime))
    except (KeyError, TypeError, ValueError):
        return None


def _data(text: str) -> dict[str, Any]:
    """What we wrote; empty for everything else."""
    try:
        found = json.loads(text) if text.startswith(_OURS) else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp())
