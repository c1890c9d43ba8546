"""Spam policies, on each engine."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from postroom.accounts.database.connect import Databases
from postroom.accounts.database.tables import amavisd
from postroom.accounts.policies import spampolicy
from postroom.accounts.policies.spampolicy import SpamPolicy
from postroom.errors import Invalid

ANNA = "anna@example.com"
PREFIX = "[SPAM] "


def put(databases: Databases, policy: SpamPolicy, account: str = ANNA) -> None:
    with databases.write() as unit:
        spampolicy.put(unit, account, policy, subject_prefix=PREFIX)


def get(databases: Databases, account: str = ANNA) -> dict[str, Any]:
    with databases.read() as unit:
        return spampolicy.get(unit, account)


def columns(databases: Databases, account: str = ANNA) -> dict[str, Any]:
    """As they are stored."""
    query = select(amavisd.policy).where(amavisd.policy.c.policy_name == account)
    with databases.read() as unit:
        return dict(unit.amavisd.execute(query).mappings().one())


def part(of: dict[str, Any], like: dict[str, Any]) -> dict[str, Any]:
    return {name: of[name] for name in like}


def test_where_nothing_is_set_nothing_is_told(databases: Databases) -> None:
    assert get(databases) == {}


def test_a_policy_of_nothing_given_has_the_defaults_of_the_api(databases: Databases) -> None:
    put(databases, SpamPolicy())
    expected: dict[str, Any] = {
        "policy_name": ANNA,
        "bypass_spam_checks": "no",
        "bypass_virus_checks": "no",
        "bypass_banned_checks": "no",
        "bypass_header_checks": "no",
        "quarantine_spam": "no",
        "quarantine_virus": "yes",
        "quarantine_banned": "no",
        "quarantine_bad_header": "no",
        "prefix_spam_in_subject": "no",
        "always_insert_x_spam_headers": "no",
        "spam_score": None,
        "banned_rulenames": [],
        "virus_lover": "N",
        "virus_quarantine_to": "virus-quarantine",
        "spam_lover": "Y",
    }
    found = get(databases)
    assert part(found, expected) == expected
    assert "id" not in found
    assert set(amavisd.policy.c.keys()) - {"id"} <= found.keys()


def test_columns_have_what_amavisd_reads(databases: Databases) -> None:
    policy = SpamPolicy(
        bypass_header_checks=True,
        quarantine_spam=True,
        quarantine_virus=False,
        quarantine_banned=True,
        quarantine_bad_header=True,
        prefix_spam_in_subject=True,
        always_insert_x_spam_headers=True,
        spam_score=6.31,
        banned_rulenames=("ALLOW_MS_OFFICE", "ALLOW_MS_WORD"),
    )
    put(databases, policy)
    expected = {
        "bypass_spam_checks": "N",
        "bypass_header_checks": "Y",
        "spam_lover": "N",
        "spam_quarantine_to": "spam-quarantine",
        "virus_lover": "Y",
        "virus_quarantine_to": "",
        "banned_files_lover": "N",
        "banned_quarantine_to": "banned-quarantine",
        "bad_header_lover": "N",
        "bad_header_quarantine_to": "bad-header-quarantine",
        "spam_subject_tag2": PREFIX,
        "spam_tag_level": -100,
        "spam_tag2_level": pytest.approx(6.31),
        "spam_kill_level": pytest.approx(6.31),
        "banned_rulenames": "ALLOW_MS_OFFICE,ALLOW_MS_WORD",
    }
    assert part(columns(databases), expected) == expected


def test_the_account_points_to_its_policy(databases: Databases) -> None:
    put(databases, SpamPolicy(), "@example.com")
    query = select(amavisd.users.c.policy_id, amavisd.users.c.priority).where(amavisd.users.c.email == "@example.com")
    with databases.read() as unit:
        assert tuple(unit.amavisd.execute(query).one()) == (columns(databases, "@example.com")["id"], 5)


POLICIES = st.builds(
    SpamPolicy,
    **{name: st.booleans() for name, kind in SpamPolicy.__annotations__.items() if kind == "bool"},
    spam_score=st.none() | st.integers(min_value=-999_999, max_value=999_999).map(lambda number: number / 1000),
    banned_rulenames=st.lists(st.sampled_from(["ALLOW_MS_OFFICE", "a-b", "x.y", "Z"]), unique=True).map(tuple),
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(policy=POLICIES)
def test_every_policy_is_read_back_equal(databases: Databases, policy: SpamPolicy) -> None:
    put(databases, policy)
    found = get(databases)
    switches = {name: found[name] == "yes" for name, kind in SpamPolicy.__annotations__.items() if kind == "bool"}
    assert (
        SpamPolicy(**switches, spam_score=found["spam_score"], banned_rulenames=tuple(found["banned_rulenames"]))
        == policy
    )


def test_a_new_policy_replaces_the_old_one_and_keeps_foreign_columns(databases: Databases) -> None:
    put(databases, SpamPolicy(bypass_spam_checks=True, spam_score=3.0))
    with databases.write() as unit:
        mine = amavisd.policy.c.policy_name == ANNA
        unit.amavisd.execute(update(amavisd.policy).where(mine).values(message_size_limit=1000, unchecked_lover="Y"))
    put(databases, SpamPolicy(quarantine_spam=True))
    expected = {
        "bypass_spam_checks": "no",
        "spam_score": None,
        "quarantine_spam": "yes",
        "message_size_limit": 1000,
        "unchecked_lover": "Y",
    }
    assert part(get(databases), expected) == expected


def test_the_policy_of_a_fresh_installation_is_told_in_the_words_of_the_api(databases: Databases) -> None:
    expected = {
        "quarantine_spam": "no",
        "quarantine_virus": "yes",
        "quarantine_banned": "yes",
        "quarantine_bad_header": "no",
        "bypass_spam_checks": "no",
    }
    assert part(get(databases, "@."), expected) == expected


def test_removing_takes_the_row_and_leaves_the_account_without_policy(databases: Databases) -> None:
    put(databases, SpamPolicy())
    put(databases, SpamPolicy(), "@example.com")
    with databases.write() as unit:
        spampolicy.remove(unit, ANNA)
        spampolicy.remove(unit, ANNA)
    assert get(databases) == {}
    assert get(databases, "@example.com") != {}
    with databases.read() as unit:
        names = unit.amavisd.execute(select(amavisd.policy.c.policy_name)).scalars().all()
        linked = unit.amavisd.execute(
            select(amavisd.users.c.policy_id).where(amavisd.users.c.email == ANNA)
        ).scalar_one()
    assert sorted(names) == ["@.", "@example.com"]
    assert linked == amavisd.NO_POLICY


def test_a_policy_that_several_share_is_told_and_never_deleted_by_one_of_them(databases: Databases) -> None:
    with databases.write() as unit:
        unit.amavisd.execute(insert(amavisd.policy), {"policy_name": "Trusted", "bypass_spam_checks": "Y"})
    shared = columns(databases, "Trusted")["id"]
    with databases.write() as unit:
        rows = [{"email": mail, "priority": 10, "policy_id": shared} for mail in (ANNA, "bob@example.com")]
        unit.amavisd.execute(insert(amavisd.users), rows)
    assert get(databases)["bypass_spam_checks"] == "yes"
    with databases.write() as unit:
        spampolicy.remove(unit, ANNA)
    assert get(databases) == {}
    assert get(databases, "bob@example.com")["bypass_spam_checks"] == "yes"


def test_names_of_rules_fill_the_column_to_the_last_character(databases: Databases) -> None:
    names = ("A" * 31, "B" * 32)
    put(databases, SpamPolicy(banned_rulenames=(*names, names[0])))
    assert get(databases)["banned_rulenames"] == list(names)


WRONG = [
    ("banned_rulenames", SpamPolicy(banned_rulenames=("A" * 32, "B" * 32))),
    ("banned_rulenames", SpamPolicy(banned_rulenames=("A B",))),
    ("banned_rulenames", SpamPolicy(banned_rulenames=("A,B",))),
    ("banned_rulenames", SpamPolicy(banned_rulenames=("",))),
    ("banned_rulenames", SpamPolicy(banned_rulenames=("ä",))),
    ("spam_score", SpamPolicy(spam_score=float("nan"))),
    ("spam_score", SpamPolicy(spam_score=float("inf"))),
    ("spam_score", SpamPolicy(spam_score=1000.0)),
    ("spam_score", SpamPolicy(spam_score=1.0001)),
]


def test_what_cannot_be_stored_is_named_and_changes_nothing(databases: Databases) -> None:
    put(databases, SpamPolicy())
    before = get(databases)
    for field, policy in WRONG:
        with pytest.raises(Invalid) as error:
            put(databases, policy)
        assert error.value.field == field
    assert get(databases) == before
