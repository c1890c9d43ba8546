"""White- and blacklists of accounts, for mail to them and mail from them. Tables of the database amavisd.

An account is a row of `users`, the address of somebody else one of `mailaddr`. A pair of both is on one list at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Literal

from sqlalchemy import Column, Table, bindparam, delete, select, update

from postroom.accounts.addresses import WHITE_AND_BLACKLIST, AccountForm, account_form, account_forms
from postroom.accounts.database.connect import Unit
from postroom.accounts.database.statements import insert_or_ignore, insert_or_update
from postroom.accounts.database.tables import amavisd
from postroom.accounts.database.tables.amavisd import NO_POLICY

Direction = Literal["inbound", "outbound"]
List = Literal["whitelist", "blacklist"]

MARKS: Final[dict[List, str]] = {"whitelist": "W", "blacklist": "B"}
_CHUNK: Final = 500
"""Addresses in one statement."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """A table of lists: which column is the account, which the other side."""

    table: Table
    account: Column[int]
    other: Column[int]


PAIRS: Final[dict[Direction, Pairs]] = {
    "inbound": Pairs(amavisd.wblist, amavisd.wblist.c.rid, amavisd.wblist.c.sid),
    "outbound": Pairs(amavisd.outbound_wblist, amavisd.outbound_wblist.c.sid, amavisd.outbound_wblist.c.rid),
}

_USER: Final = select(amavisd.users.c.id).where(amavisd.users.c.email == bindparam("email"))
_OTHERS: Final = select(amavisd.mailaddr.c.id, amavisd.mailaddr.c.email, amavisd.mailaddr.c.priority)
_SET_PRIORITY: Final = update(amavisd.mailaddr).where(amavisd.mailaddr.c.id == bindparam("row"))


def get(unit: Unit, account: str, direction: Direction, which: List) -> list[str]:
    """The addresses on one list."""
    pairs = PAIRS[direction]
    query = (
        select(amavisd.mailaddr.c.email)
        .join(pairs.table, pairs.other == amavisd.mailaddr.c.id)
        .join(amavisd.users, pairs.account == amavisd.users.c.id)
        .where(amavisd.users.c.email == account, pairs.table.c.wb == MARKS[which])
    )
    return sorted(unit.amavisd.execute(query).scalars())


def add(
    unit: Unit, account: str, direction: Direction, *, white: Iterable[str] = (), black: Iterable[str] = ()
) -> None:
    """Put addresses on the lists. One that was on the other list changes over; one given for both becomes white.

    What is no address is dropped, as everywhere in the API.
    """
    marks = dict.fromkeys(account_forms(black, WHITE_AND_BLACKLIST), MARKS["blacklist"])
    marks |= dict.fromkeys(account_forms(white, WHITE_AND_BLACKLIST), MARKS["whitelist"])
    if not marks:
        return
    pairs, user = PAIRS[direction], _made_user(unit, account)
    others = _made_others(unit, sorted(marks, key=lambda form: form.text))
    # In one order everywhere: two who add the same then wait for each other and do not lock each other up.
    for form in sorted(marks, key=lambda form: others[form.text]):
        row = {pairs.account.name: user, pairs.other.name: others[form.text], "wb": marks[form]}
        insert_or_update(unit.amavisd, pairs.table, row, ("rid", "sid"))


def remove(unit: Unit, account: str, direction: Direction, which: List, texts: Iterable[str]) -> None:
    """Take addresses off one list; those that are not on it are ignored."""
    forms = account_forms(texts, WHITE_AND_BLACKLIST)
    user = unit.amavisd.execute(_USER, {"email": account}).scalar_one_or_none()
    if user is None:
        return
    others = [row.id for row in _others(unit, forms)]
    for ids in chunks(others):
        _delete(unit, PAIRS[direction], user, which, ids)


def clear(unit: Unit, account: str, direction: Direction, which: List) -> None:
    """Take everything off one list. The addresses stay in `mailaddr`: others may list them too."""
    user = unit.amavisd.execute(_USER, {"email": account}).scalar_one_or_none()
    if user is not None:
        _delete(unit, PAIRS[direction], user, which, None)


def _delete(unit: Unit, pairs: Pairs, user: int, which: List, others: Sequence[int] | None) -> None:
    statement = delete(pairs.table).where(pairs.account == user, pairs.table.c.wb == MARKS[which])
    if others is not None:
        statement = statement.where(pairs.other.in_(others))
    unit.amavisd.execute(statement)


def _made_user(unit: Unit, account: str) -> int:
    """The id of the account's row, which is made when missing."""
    row = {"email": account, "priority": account_form(account).amavisd_priority, "policy_id": NO_POLICY}
    insert_or_ignore(unit.amavisd, amavisd.users, [row], ("email",))
    return int(unit.amavisd.execute(_USER, {"email": account}).scalar_one())


def _made_others(unit: Unit, forms: Sequence[AccountForm]) -> dict[str, int]:
    """Address → id in `mailaddr`; missing rows are made, in the order given, and wrong priorities set right."""
    known = {row.email: row for row in _others(unit, forms)}
    missing = [form for form in forms if form.text not in known]
    rows = [{"email": form.text, "priority": form.amavisd_priority} for form in missing]
    insert_or_ignore(unit.amavisd, amavisd.mailaddr, rows, ("email",))
    for form in forms:
        row = known.get(form.text)
        if row is not None and row.priority != form.amavisd_priority:
            unit.amavisd.execute(_SET_PRIORITY.values(priority=form.amavisd_priority), {"row": row.id})
    return {row.email: row.id for rows in (known.values(), _others(unit, missing)) for row in rows}


def _others(unit: Unit, forms: Sequence[AccountForm]) -> Iterator[Any]:
    for texts in chunks([form.text for form in forms]):
        yield from unit.amavisd.execute(_OTHERS.where(amavisd.mailaddr.c.email.in_(texts)))


def chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(items)
    while chunk := list(islice(left, _CHUNK)):
        yield chunk
