"""Greylisting: for whom it is on, and which senders it spares. Tables of the database iredapd.

Only the rows about all senders (`@.`) are set here; `every` shows others too. Items of lists that are of no usable form
are dropped, as the API does everywhere, but a list is not emptied because of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from sqlalchemy import Column, bindparam, delete, select

from postroom.accounts import addresses
from postroom.accounts.addresses import EVERYBODY, GREYLISTING_SENDERS, account_form, account_forms
from postroom.accounts.database.connect import Unit
from postroom.accounts.database.statements import insert_or_ignore, insert_or_update
from postroom.accounts.database.tables import iredapd
from postroom.accounts.model import ListChange, Profile
from postroom.errors import Invalid

_ROW: Final = iredapd.greylisting.c
_EVERY: Final = select(_ROW.account, _ROW.sender, _ROW.comment, _ROW.active)
_OF_ACCOUNT: Final = (_ROW.account == bindparam("account"), _ROW.sender == EVERYBODY)
_GET: Final = _EVERY.where(*_OF_ACCOUNT)
_DELETE: Final = delete(iredapd.greylisting).where(*_OF_ACCOUNT)

_LISTED: Final = iredapd.greylisting_whitelists.c
_WHITELIST: Final = select(_LISTED.sender).where(_LISTED.account == bindparam("account"))
_SPF: Final = iredapd.greylisting_whitelist_domains.c
_SPF_DOMAINS: Final = select(_SPF.domain)


def every(unit: Unit) -> list[Profile]:
    """All settings of everybody, in the order in which they are asked."""
    rows = [_profile(row) for row in unit.iredapd.execute(_EVERY).mappings()]
    return sorted(rows, key=lambda row: (-row["priority"], row["account"], -row["sender_priority"], row["sender"]))


def get(unit: Unit, account: str) -> Profile:
    """The setting about all senders: the row of the table, without id; empty when there is none."""
    row = unit.iredapd.execute(_GET, {"account": account}).mappings().one_or_none()
    return {} if row is None else _profile(row)


def put(unit: Unit, account: str, *, active: bool) -> None:
    """On or off from now on, whatever wider settings say."""
    values = {
        "account": account,
        "priority": account_form(account).priority,
        "sender": EVERYBODY,
        "sender_priority": account_form(EVERYBODY).priority,
        "active": active,
    }
    insert_or_update(unit.iredapd, iredapd.greylisting, values, ("account", "sender"))


def remove(unit: Unit, account: str) -> None:
    """The next wider setting decides from now on. Whitelists stay. Nothing when there is none."""
    unit.iredapd.execute(_DELETE, {"account": account})


def whitelist(unit: Unit, account: str) -> list[str]:
    """The senders whom greylisting spares for this account."""
    return sorted(unit.iredapd.execute(_WHITELIST, {"account": account}).scalars())


def change_whitelist(unit: Unit, account: str, change: ListChange) -> None:
    """Raises Invalid("senders") when a list is to be replaced by one in which nothing is usable."""
    wanted = _usable(change, _senders, "senders", "addresses, @domain, @.domain, IP addresses or networks")
    _rewrite(unit, _LISTED.sender, {"account": account}, wanted, whitelist(unit, account))


def spf_domains(unit: Unit) -> list[str]:
    """Domains whose servers, as told by their SPF and MX records, greylisting spares for everybody."""
    return sorted(unit.iredapd.execute(_SPF_DOMAINS).scalars())


def change_spf_domains(unit: Unit, change: ListChange) -> None:
    """Raises Invalid("domains") when the list is to be replaced by one in which nothing is usable.

    The servers' addresses are looked up by a periodic job, which writes `greylisting_whitelist_domain_spf`.
    """
    wanted = _usable(change, _domains, "domains", "domains such as example.com")
    _rewrite(unit, _SPF.domain, {}, wanted, spf_domains(unit))


def _profile(row: Any) -> Profile:
    # Priorities are told as they are enforced: they follow from the forms, and old rows have wrong ones.
    return {
        "account": row["account"],
        "priority": _priority(row["account"]),
        "sender": row["sender"],
        "sender_priority": _priority(row["sender"]),
        "comment": row["comment"],
        "active": row["active"],
    }


def _priority(text: str) -> int:
    """The least for a form that we do not know, which some other program wrote."""
    try:
        return account_form(text).priority
    except Invalid:
        return 0


def _usable(
    change: ListChange, pick: Callable[[Iterable[str]], tuple[str, ...]], field: str, expected: str
) -> ListChange:
    reset = None if change.reset is None else pick(change.reset)
    if change.reset and not reset:
        raise Invalid(field, expected)
    return ListChange(reset, pick(change.add), pick(change.remove))


def _senders(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(form.text for form in account_forms(texts, GREYLISTING_SENDERS))


def _domains(texts: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for text in texts:
        try:
            found[addresses.domain(text)] = None
        except Invalid:  # the API drops what is none
            continue
    return tuple(found)


def _rewrite(unit: Unit, column: Column[str], fixed: dict[str, str], change: ListChange, now: list[str]) -> None:
    """Make a stored list what it becomes. Rows that stay are not touched: they have comments."""
    wanted = change.applied(now)
    gone = column.in_(set(now).difference(wanted))
    same = (column.table.c[name] == value for name, value in fixed.items())
    unit.iredapd.execute(delete(column.table).where(gone, *same))
    kept = set(now)
    new = [{**fixed, column.name: item} for item in wanted if item not in kept]
    insert_or_ignore(unit.iredapd, column.table, new, (*fixed, column.name))
