"""Throttles: how much mail an account may send or get in a period. Tables `throttle`, `throttle_tracking` of iredapd.

Only settings are written here; `enforce` counts. iRedMail's PostgreSQL has no unique key over (account, kind), so a
setting may be there twice: the older row is the setting, and the next change removes the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from sqlalchemy import bindparam, delete, insert, select, update

from postroom.accounts.addresses import account_form
from postroom.accounts.database.connect import Unit
from postroom.accounts.database.statements import for_update, insert_or_update
from postroom.accounts.database.tables import iredapd
from postroom.accounts.model import Profile
from postroom.errors import Invalid, WrongState

Kind = Literal["inbound", "outbound", "external"]

INHERIT: Final = -1
"""Of a limit: the next wider setting decides. 0 is unlimited."""
_MOST_PERIOD: Final = 2**31 - 1
_MOST: Final = 2**63 - 1
"""What the columns hold."""

_ROW: Final = iredapd.throttle.c
_OF_ACCOUNT: Final = (_ROW.account == bindparam("of_account"), _ROW.kind == bindparam("of_kind"))
_GET: Final = (
    select(_ROW.account, _ROW.kind, _ROW.period, _ROW.msg_size, _ROW.max_msgs, _ROW.max_quota, _ROW.max_rcpts)
    .where(*_OF_ACCOUNT)
    .order_by(_ROW.id)
    .limit(1)
)
_HOLD: Final = for_update(select(_ROW.id, _ROW.period).where(*_OF_ACCOUNT).order_by(_ROW.id))
_INSERT: Final = insert(iredapd.throttle)
_UPDATE: Final = update(iredapd.throttle).where(_ROW.id == bindparam("row"))
_DELETE: Final = delete(iredapd.throttle).where(_ROW.id == bindparam("row"))
_RESET: Final = delete(iredapd.throttle_tracking).where(iredapd.throttle_tracking.c.tid == bindparam("row"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """A setting under the names of the columns: seconds, bytes of one message, messages, bytes of all of them,
    recipients of one message."""

    period: int
    msg_size: int = INHERIT
    max_msgs: int = INHERIT
    max_quota: int = INHERIT
    max_rcpts: int = INHERIT

    @property
    def inherits(self) -> bool:
        """Whether the setting says nothing at all."""
        return self == Limits(period=self.period)


def get(unit: Unit, account: str, kind: Kind) -> Profile:
    """The row of the table, without id; empty when there is none."""
    row = unit.iredapd.execute(_GET, {"of_account": account, "of_kind": kind}).mappings().one_or_none()
    # The priority is told as it is enforced: iRedAPD ships a repair of wrong ones, so there are wrong ones.
    return {} if row is None else {**row, "priority": account_form(account).priority}


def put(unit: Unit, account: str, kind: Kind, limits: Limits) -> None:
    """The setting from now on; it is removed when all limits inherit. Raises Invalid naming what is out of range.

    Counters stay when only limits change: else each change of a limit would give everybody a new allowance. Counts over
    a period of another length say nothing, so that a new period starts them again.
    """
    _check(limits)
    values = {"priority": account_form(account).priority, **asdict(limits)}
    held = _held(unit, account, kind)
    if limits.inherits:
        _delete(unit, held)
    elif held:
        _change(unit, held, values)
    else:
        _insert(unit, {"account": account, "kind": kind, **values})


def remove(unit: Unit, account: str, kind: Kind) -> None:
    """Nothing when there is none."""
    _delete(unit, _held(unit, account, kind))


def _check(limits: Limits) -> None:
    for name, value in asdict(limits).items():
        least, most = (1, _MOST_PERIOD) if name == "period" else (INHERIT, _MOST)
        if not least <= value <= most:
            raise Invalid(name, f"a whole number from {least} to {most}")


def _held(unit: Unit, account: str, kind: Kind) -> Sequence[Any]:
    """The rows, held against others: who counts messages waits with new counters, which would keep a row from being
    deleted."""
    return unit.iredapd.execute(_HOLD, {"of_account": account, "of_kind": kind}).all()


def _insert(unit: Unit, values: dict[str, Any]) -> None:
    """Somebody else may have been faster: then theirs becomes ours."""
    try:
        with unit.iredapd.begin_nested():
            insert_or_update(unit.iredapd, iredapd.throttle, values, ("account", "kind"))
    except WrongState:  # there is no such key
        unit.iredapd.execute(_INSERT, values)


def _change(unit: Unit, held: Sequence[Any], values: dict[str, Any]) -> None:
    setting, *others = held
    if setting.period != values["period"]:
        unit.iredapd.execute(_RESET, {"row": setting.id})
    unit.iredapd.execute(_UPDATE.values(**values), {"row": setting.id})
    _delete(unit, others)


def _delete(unit: Unit, held: Sequence[Any]) -> None:
    for row in held:
        unit.iredapd.execute(_RESET, {"row": row.id})
        unit.iredapd.execute(_DELETE, {"row": row.id})
