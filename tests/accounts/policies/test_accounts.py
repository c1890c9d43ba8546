"""What becomes of the policies of accounts that are deleted or renamed, on each engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from postroom import settings
from postroom.accounts import policies
from postroom.accounts.database.connect import Databases
from postroom.accounts.database.tables import amavisd, iredapd
from postroom.accounts.model import ListChange
from postroom.accounts.policies import greylisting, spampolicy, throttle, wblist
from postroom.accounts.policies.spampolicy import SpamPolicy
from postroom.accounts.policies.throttle import Limits
from postroom.errors import WrongState

ANNA, BOB, OTHER = "anna@example.com", "bob@example.com", "anna@sub.example.com"
DOMAIN, LOOKS_ALIKE = "@example.com", "@my-example.com"
EVERYBODY = "@."


def give(databases: Databases, account: str) -> None:
    """Set everything that can be set, as used by a running server."""
    with databases.write() as unit:
        throttle.put(unit, account, "outbound", Limits(period=60, max_msgs=10))
        throttle.put(unit, account, "inbound", Limits(period=60, max_msgs=10))
        greylisting.put(unit, account, active=True)
        greylisting.change_whitelist(unit, account, ListChange(add=("@example.org",)))
        wblist.add(unit, account, "inbound", white=["w@example.org"])
        wblist.add(unit, account, "outbound", black=["b@example.org"])
        spampolicy.put(unit, account, SpamPolicy(spam_score=5.0), subject_prefix="")
        ids = unit.iredapd.execute(select(iredapd.throttle.c.id).where(iredapd.throttle.c.account == account))
        counters = [{"tid": number, "account": account, "period": 60} for number in ids.scalars()]
        unit.iredapd.execute(insert(iredapd.throttle_tracking), counters)
        triplet = {
            "sender": "w@example.org",
            "recipient": account,
            "client_address": "192.0.2.1",
            "rcpt_domain": account.rpartition("@")[2],
        }
        unit.iredapd.execute(insert(iredapd.greylisting_tracking), triplet)


def has(databases: Databases, account: str) -> dict[str, Any]:
    """Everything that is set for an account, without what is empty."""
    with databases.read() as unit:
        found = {
            "outbound": throttle.get(unit, account, "outbound"),
            "inbound": throttle.get(unit, account, "inbound"),
            "greylisting": greylisting.get(unit, account),
            "senders": greylisting.whitelist(unit, account),
            "white": wblist.get(unit, account, "inbound", "whitelist"),
            "black": wblist.get(unit, account, "outbound", "blacklist"),
            "spam": spampolicy.get(unit, account),
        }
    return {name: value for name, value in found.items() if value}


def rows(databases: Databases) -> dict[str, set[str]]:
    """Whom the rows of each table are about."""
    counted = iredapd.throttle_tracking.c.account, iredapd.greylisting_tracking.c.recipient
    named = amavisd.users.c.email, amavisd.policy.c.policy_name
    with databases.read() as unit:
        found = {str(column): set(unit.iredapd.execute(select(column)).scalars()) for column in counted}
        return found | {str(column): set(unit.amavisd.execute(select(column)).scalars()) for column in named}


def pairs(databases: Databases) -> int:
    with databases.read() as unit:
        return sum(len(unit.amavisd.execute(select(each.table)).all()) for each in wblist.PAIRS.values())


def test_an_account_is_forgotten_with_all_that_was_set_for_it(databases: Databases) -> None:
    for account in (ANNA, BOB, DOMAIN):
        give(databases, account)
    kept = has(databases, BOB)
    with databases.write() as unit:
        policies.forget(unit, [ANNA])
        policies.forget(unit, [ANNA])
    assert has(databases, ANNA) == {}
    assert has(databases, BOB) == kept
    assert len(has(databases, DOMAIN)) == 7
    assert all(ANNA not in accounts for accounts in rows(databases).values())
    assert pairs(databases) == 4


def test_a_domain_is_forgotten_with_all_its_addresses_and_nothing_else(databases: Databases) -> None:
    for account in (ANNA, BOB, DOMAIN, OTHER, LOOKS_ALIKE):
        give(databases, account)
    everybody = has(databases, EVERYBODY)
    with databases.write() as unit:
        policies.forget(unit, [DOMAIN])
    assert [has(databases, account) for account in (ANNA, BOB, DOMAIN)] == [{}, {}, {}]
    assert [len(has(databases, account)) for account in (OTHER, LOOKS_ALIKE)] == [7, 7]
    assert has(databases, EVERYBODY) == everybody
    assert rows(databases) == {
        "throttle_tracking.account": {OTHER, LOOKS_ALIKE},
        "greylisting_tracking.recipient": {OTHER, LOOKS_ALIKE},
        "users.email": {OTHER, LOOKS_ALIKE, EVERYBODY},
        "policy.policy_name": {OTHER, LOOKS_ALIKE, EVERYBODY},
    }
    assert pairs(databases) == 4


def test_counters_of_an_address_under_the_setting_of_its_domain_are_forgotten(databases: Databases) -> None:
    with databases.write() as unit:
        throttle.put(unit, EVERYBODY, "outbound", Limits(period=60, max_msgs=10))
        setting = unit.iredapd.execute(select(iredapd.throttle.c.id)).scalar_one()
        counters = [{"tid": setting, "account": who, "period": 60} for who in (ANNA, OTHER)]
        unit.iredapd.execute(insert(iredapd.throttle_tracking), counters)
        policies.forget(unit, [DOMAIN])
    assert rows(databases)["throttle_tracking.account"] == {OTHER}


def test_the_lists_of_others_still_name_a_forgotten_address(databases: Databases) -> None:
    with databases.write() as unit:
        wblist.add(unit, OTHER, "inbound", white=[ANNA])
        greylisting.change_whitelist(unit, OTHER, ListChange(add=(ANNA,)))
        policies.forget(unit, [ANNA])
    assert has(databases, OTHER)["white"] == [ANNA]
    assert has(databases, OTHER)["senders"] == [ANNA]


def test_a_renamed_account_has_what_it_had(databases: Databases) -> None:
    give(databases, ANNA)
    new = "anne@example.net"
    before = has(databases, ANNA)
    with databases.write() as unit:
        policies.rename(unit, ANNA, new)
    assert has(databases, ANNA) == {}
    renamed = {name: {**value, "account": new} if "account" in value else value for name, value in before.items()}
    renamed["spam"] = {**before["spam"], "policy_name": new}
    assert has(databases, new) == renamed
    assert rows(databases) == {
        "throttle_tracking.account": {new},
        "greylisting_tracking.recipient": {new},
        "users.email": {new, EVERYBODY},
        "policy.policy_name": {new, EVERYBODY},
    }
    with databases.read() as unit:
        found = unit.iredapd.execute(select(iredapd.greylisting_tracking.c.rcpt_domain)).scalars().all()
    assert found == ["example.net"]


def test_what_an_earlier_account_left_under_the_new_address_goes(databases: Databases) -> None:
    give(databases, BOB)
    with databases.write() as unit:
        throttle.put(unit, ANNA, "outbound", Limits(period=77, max_msgs=1))
        spampolicy.put(unit, ANNA, SpamPolicy(spam_score=7.0), subject_prefix="")
        policies.rename(unit, ANNA, BOB)
    assert has(databases, BOB).keys() == {"outbound", "spam"}
    assert has(databases, BOB)["outbound"]["period"] == 77
    assert has(databases, BOB)["spam"]["spam_score"] == 7.0


def test_a_renaming_that_is_made_again_loses_nothing(databases: Databases) -> None:
    give(databases, ANNA)
    for _ in range(2):
        with databases.write() as unit:
            policies.rename(unit, ANNA, BOB)
    assert len(has(databases, BOB)) == 7


def test_a_rename_to_the_same_address_changes_nothing(databases: Databases) -> None:
    give(databases, ANNA)
    before = has(databases, ANNA)
    with databases.write() as unit:
        policies.rename(unit, ANNA, ANNA)
    assert has(databases, ANNA) == before


@pytest.fixture
def without_policies(tmp_path: Path) -> Databases:
    """An installation that has only its directory; nothing is asked of a database here."""
    accounts = settings.Accounts(backend="postgresql", vmail_url="postgresql://127.0.0.1:1/vmail")
    return Databases.open(accounts, tmp_path)


def test_accounts_can_be_deleted_and_renamed_where_there_are_no_policies(without_policies: Databases) -> None:
    with without_policies.write() as unit:
        policies.forget(unit, [DOMAIN, ANNA])
        policies.rename(unit, ANNA, BOB)
        assert not unit.has_iredapd


def test_policies_that_are_not_configured_say_which_setting_is_missing(without_policies: Databases) -> None:
    with without_policies.read() as unit:
        for iredapd_call in (lambda: throttle.get(unit, ANNA, "outbound"), lambda: greylisting.every(unit)):
            with pytest.raises(WrongState, match=r"accounts\.iredapd_url"):
                iredapd_call()
        for amavisd_call in (
            lambda: wblist.get(unit, ANNA, "inbound", "whitelist"),
            lambda: spampolicy.put(unit, ANNA, SpamPolicy(), subject_prefix=""),
        ):
            with pytest.raises(WrongState, match=r"accounts\.amavisd_url"):
                amavisd_call()
