"""Spam policies: what amavisd does with mail to an account. A row of `policy` named after the account, and `users`
that points to it. Database amavisd.

The API has words of its own for some columns; where name and column are the same, the API's value is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from sqlalchemy import bindparam, delete, select, update

from postroom.accounts.addresses import account_form
from postroom.accounts.database.connect import Unit
from postroom.accounts.database.statements import insert_or_update
from postroom.accounts.database.tables import amavisd
from postroom.accounts.database.tables.amavisd import NO_POLICY
from postroom.accounts.model import Profile
from postroom.errors import Invalid

MOST_RULE_CHARS: Final = 64
"""Of all names of rules with the commas between them: what the column holds."""
ALL_MAIL: Final = -100.0
"""The score from which amavisd adds X-Spam headers when all mail is to have them."""
_SCORE_LIMIT: Final = 1000
"""Scores have three decimals and are below this: MariaDB keeps six digits."""
_RULE: Final = re.compile(r"[!-+\--~]+")  # printable ASCII but the comma

_BYPASSES: Final = ("bypass_spam_checks", "bypass_virus_checks", "bypass_banned_checks", "bypass_header_checks")
_QUARANTINES: Final[Mapping[str, tuple[str, str, str]]] = {
    "quarantine_spam": ("spam_lover", "spam_quarantine_to", "spam-quarantine"),
    "quarantine_virus": ("virus_lover", "virus_quarantine_to", "virus-quarantine"),
    "quarantine_banned": ("banned_files_lover", "banned_quarantine_to", "banned-quarantine"),
    "quarantine_bad_header": ("bad_header_lover", "bad_header_quarantine_to", "bad-header-quarantine"),
}
"""API's name → column that lets mail pass, column of where it goes instead, and what stands there."""

_users, _policy = amavisd.users.c, amavisd.policy.c
_GET: Final = (
    select(*(column for column in _policy if column.name != "id"))
    .join(amavisd.users, _users.policy_id == _policy.id)
    .where(_users.email == bindparam("account"))
)
_ID: Final = select(_policy.id).where(_policy.policy_name == bindparam("account"))
_DELETE: Final = delete(amavisd.policy).where(_policy.policy_name == bindparam("account"))
_UNLINK: Final = update(amavisd.users).where(_users.email == bindparam("account")).values(policy_id=NO_POLICY)
_UNLINK_OTHERS: Final = update(amavisd.users).where(_users.policy_id.in_(_ID)).values(policy_id=NO_POLICY)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpamPolicy:
    """A policy under the API's names, with its defaults. `spam_score` None is that of amavisd's own settings."""

    bypass_spam_checks: bool = False
    bypass_virus_checks: bool = False
    bypass_banned_checks: bool = False
    bypass_header_checks: bool = False
    quarantine_spam: bool = False
    quarantine_virus: bool = True
    quarantine_banned: bool = False
    quarantine_bad_header: bool = False
    prefix_spam_in_subject: bool = False
    always_insert_x_spam_headers: bool = False
    spam_score: float | None = None
    banned_rulenames: tuple[str, ...] = ()


def get(unit: Unit, account: str) -> Profile:
    """The policy that amavisd uses for the account itself: columns without id, then the API's names; empty for none.

    Switches of the API are "yes" and "no"; `banned_rulenames` is a list.
    """
    row = unit.amavisd.execute(_GET, {"account": account}).mappings().one_or_none()
    return {} if row is None else {**row, **_told(policy_of(row))}


def put(unit: Unit, account: str, policy: SpamPolicy, *, subject_prefix: str) -> None:
    """The policy from now on. Columns that the API has no word for keep what they have.

    Raises Invalid("spam_score"), Invalid("banned_rulenames").
    """
    row = {"policy_name": account, **_columns(policy, subject_prefix)}
    insert_or_update(unit.amavisd, amavisd.policy, row, ("policy_name",))
    number = unit.amavisd.execute(_ID, {"account": account}).scalar_one()
    user = {"email": account, "priority": account_form(account).amavisd_priority, "policy_id": number}
    insert_or_update(unit.amavisd, amavisd.users, user, ("email",))


def remove(unit: Unit, account: str) -> None:
    """The next wider policy holds from now on. Nothing when there is none."""
    for statement in (_UNLINK, _UNLINK_OTHERS, _DELETE):
        unit.amavisd.execute(statement, {"account": account})


def policy_of(row: Mapping[Any, Any]) -> SpamPolicy:
    """What the columns say in the API's words."""
    switches = {name: row[name] == "Y" for name in _BYPASSES}
    switches |= {name: bool(row[target]) for name, (_, target, _) in _QUARANTINES.items()}
    return SpamPolicy(
        **switches,
        prefix_spam_in_subject=bool(row["spam_subject_tag2"]),
        always_insert_x_spam_headers=row["spam_tag_level"] is not None and row["spam_tag_level"] <= ALL_MAIL,
        spam_score=row["spam_tag2_level"],
        banned_rulenames=tuple(filter(None, map(str.strip, (row["banned_rulenames"] or "").split(",")))),
    )


def _told(policy: SpamPolicy) -> Profile:
    words = {True: "yes", False: "no"}
    found = {each.name: getattr(policy, each.name) for each in fields(policy)}
    told = {name: words[value] if isinstance(value, bool) else value for name, value in found.items()}
    return {**told, "banned_rulenames": list(policy.banned_rulenames)}


def _columns(policy: SpamPolicy, subject_prefix: str) -> dict[str, Any]:
    values: dict[str, Any] = {name: _letter(getattr(policy, name)) for name in _BYPASSES}
    for name, (lover, target, place) in _QUARANTINES.items():
        kept = getattr(policy, name)
        values |= {lover: _letter(not kept), target: place if kept else ""}
    score = _score(policy.spam_score)
    return values | {
        "spam_subject_tag2": subject_prefix if policy.prefix_spam_in_subject else None,
        "spam_tag_level": ALL_MAIL if policy.always_insert_x_spam_headers else None,
        "spam_tag2_level": score,
        "spam_kill_level": score,
        "banned_rulenames": _rules(policy.banned_rulenames),
    }


def _letter(value: bool) -> str:
    return "Y" if value else "N"


def _score(score: float | None) -> float | None:
    # Written so that NaN fails too.
    if score is not None and not (abs(score) < _SCORE_LIMIT and score == round(score, 3)):
        raise Invalid("spam_score", f"a number between -{_SCORE_LIMIT} and {_SCORE_LIMIT} with at most three decimals")
    return score


def _rules(names: tuple[str, ...]) -> str:
    if not all(map(_RULE.fullmatch, names)):
        raise Invalid("banned_rulenames", "names of rules, printable ASCII without spaces and commas")
    text = ",".join(dict.fromkeys(names))
    if len(text) > MOST_RULE_CHARS:
        raise Invalid("banned_rulenames", f"names that have {MOST_RULE_CHARS} characters together, with commas between")
    return text
