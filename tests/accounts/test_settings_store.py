"""Stored settings, on each engine, and how they win over those of the file."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, select

from postroom import settings
from postroom.accounts import settings_store
from postroom.accounts.database.connect import Databases
from postroom.accounts.database.tables import iredadmin
from postroom.accounts.settings_store import Effective
from postroom.errors import Damaged, Invalid

ACCOUNTS, API = settings.Accounts(), settings.Iredadmin()

VALUES: dict[str, Any] = {
    "mailbox_format": "mdbox",
    "mailbox_folder": "Mail",
    "min_passwd_length": 12,
    "max_passwd_length": 64,
    "password_has_letter": False,
    "password_has_uppercase": False,
    "password_has_number": False,
    "password_has_special_char": False,
    "global_admin_ip_list": ["192.0.2.1"],
    "admin_login_ip_list": ["192.0.2.0/24"],
    "restful_api_clients": ["2001:db8::/32"],
    "amavisd_remove_maillog_in_days": 7,
    "amavisd_remove_quarantined_in_days": 30,
}


def put(databases: Databases, key: str, value: Any, account: str = "global") -> None:
    with databases.write() as unit:
        settings_store.put(unit, key, value, account)


def get(databases: Databases, key: str, account: str = "global") -> Any:
    with databases.read() as unit:
        return settings_store.get(unit, key, account)


def raw(databases: Databases, key: str, text: str) -> None:
    with databases.write() as unit:
        unit.iredadmin.execute(insert(iredadmin.settings), {"account": "global", "k": key, "v": text})


def stored(databases: Databases, account: str = "global") -> dict[str, Any]:
    with databases.read() as unit:
        return settings_store.stored(unit, account)


def test_every_key_is_stored_and_read_back(databases: Databases) -> None:
    assert VALUES.keys() == settings_store.KEYS.keys()
    for key, value in VALUES.items():
        assert get(databases, key) is None
        put(databases, key, value)
        assert get(databases, key) == value
    assert stored(databases) == VALUES


def test_a_value_is_stored_as_an_object_with_one_key(databases: Databases) -> None:
    put(databases, "min_passwd_length", "12")
    with databases.read() as unit:
        assert json.loads(unit.iredadmin.execute(select(iredadmin.settings.c.v)).scalar_one()) == {"value": 12}


def test_a_new_value_replaces_the_old_one_and_none_removes_it(databases: Databases) -> None:
    put(databases, "min_passwd_length", 12)
    put(databases, "min_passwd_length", 13)
    assert stored(databases) == {"min_passwd_length": 13}
    put(databases, "min_passwd_length", None)
    put(databases, "min_passwd_length", None)
    assert stored(databases) == {}


def test_values_of_accounts_are_kept_apart_and_forgotten_with_them(databases: Databases) -> None:
    for account in ("global", "example.com", "anna@example.com", "anna@my-example.com", "bob@example.com"):
        put(databases, "min_passwd_length", 12, account)
    put(databases, "min_passwd_length", 9, "example.com")
    assert get(databases, "min_passwd_length") == 12
    assert get(databases, "min_passwd_length", "example.com") == 9
    with databases.write() as unit:
        settings_store.forget(unit, "anna@example.com")
    assert get(databases, "min_passwd_length", "anna@example.com") is None
    assert get(databases, "min_passwd_length", "bob@example.com") == 12
    with databases.write() as unit:
        settings_store.forget(unit, "example.com")
    with databases.read() as unit:
        left = set(unit.iredadmin.execute(select(iredadmin.settings.c.account)).scalars())
    assert left == {"global", "anna@my-example.com"}


def test_what_a_key_cannot_have_is_refused(databases: Databases) -> None:
    wrong = [
        ("min_passwd_length", -1), ("min_passwd_length", "eight"), ("min_passwd_length", True),
        ("min_passwd_length", 10**12), ("password_has_letter", "perhaps"), ("password_has_letter", 2),
        ("mailbox_format", 5), ("restful_api_clients", 5), ("restful_api_clients", [5]),
        ("restful_api_clients", {"a": 1}),
    ]  # fmt: skip
    for key, value in wrong:
        with pytest.raises(Invalid) as error:
            put(databases, key, value)
        assert error.value.field == key
    with pytest.raises(Invalid) as error:
        put(databases, "no_such_key", 1)
    assert error.value.field == "key"
    assert stored(databases) == {}


def test_a_row_that_cannot_be_read_is_damaged_and_names_its_key(databases: Databases) -> None:
    raw(databases, "restful_api_clients", "not json")
    raw(databases, "min_passwd_length", "[1]")
    with pytest.raises(Damaged, match="restful_api_clients"):
        get(databases, "restful_api_clients")
    with pytest.raises(Damaged, match="min_passwd_length"):
        get(databases, "min_passwd_length")
    with pytest.raises(Damaged):
        stored(databases)


def test_rows_that_mean_nothing_to_us_do_not_disturb(databases: Databases) -> None:
    raw(databases, "colour_of_the_panel", "not json")
    assert stored(databases) == {}


def test_without_stored_values_the_file_holds() -> None:
    assert settings_store.effective(ACCOUNTS, API, {}) == Effective(
        password_min_length=8,
        password_max_length=0,
        password_has_letter=True,
        password_has_uppercase=True,
        password_has_number=True,
        password_has_special_char=True,
        password_special_characters=ACCOUNTS.password_special_characters,
        global_admin_ips=None,
        admin_ips=None,
        api_clients=None,
        mailbox_format="maildir",
        mailbox_folder="Maildir",
    )


def test_stored_values_win() -> None:
    api = replace(API, restrict_access=True, clients=("10.0.0.1",), admin_ips=("10.0.0.2",))
    assert settings_store.effective(ACCOUNTS, api, VALUES) == Effective(
        password_min_length=12,
        password_max_length=64,
        password_has_letter=False,
        password_has_uppercase=False,
        password_has_number=False,
        password_has_special_char=False,
        password_special_characters=ACCOUNTS.password_special_characters,
        global_admin_ips=("192.0.2.1",),
        admin_ips=("192.0.2.0/24",),
        api_clients=("2001:db8::/32",),
        mailbox_format="mdbox",
        mailbox_folder="Mail",
    )


def test_stored_values_become_the_rules_of_passwords() -> None:
    rules = settings_store.effective(
        ACCOUNTS, API, {"min_passwd_length": 20, "password_has_number": "no"}
    ).password_rules
    assert (rules.min_length, rules.number, rules.letter) == (20, False, True)


@pytest.mark.parametrize(
    ("restrict", "clients", "found", "expected"),
    [
        (False, (), None, None),
        (False, ("10.0.0.1",), None, None),  # the switch is off
        (True, ("10.0.0.1",), None, ("10.0.0.1",)),
        (True, (), None, ()),  # nobody
        (False, (), ["10.0.0.2"], ("10.0.0.2",)),
        (True, ("10.0.0.1",), ["10.0.0.2"], ("10.0.0.2",)),
        (True, ("10.0.0.1",), [], ("10.0.0.1",)),  # an empty list opens nothing
        (False, (), [], None),
        (False, (), "10.0.0.2, 10.0.0.3\n10.0.0.4", ("10.0.0.2", "10.0.0.3", "10.0.0.4")),
    ],
)
def test_who_may_call_the_api(
    restrict: bool, clients: tuple[str, ...], found: object, expected: tuple[str, ...] | None
) -> None:
    api = replace(API, restrict_access=restrict, clients=clients)
    assert settings_store.effective(ACCOUNTS, api, {"restful_api_clients": found}).api_clients == expected


def test_switches_and_numbers_are_read_as_panels_wrote_them() -> None:
    for no in (False, "no", "No", 0, "0", "false"):
        assert not settings_store.effective(ACCOUNTS, API, {"password_has_letter": no}).password_has_letter
    found = {"min_passwd_length": "10", "mailbox_format": ""}
    effective = settings_store.effective(ACCOUNTS, API, found)
    assert (effective.password_min_length, effective.mailbox_format) == (10, "maildir")


@pytest.mark.parametrize(
    ("key", "value"),
    [("restful_api_clients", 5), ("min_passwd_length", "x"), ("password_has_letter", []), ("mailbox_folder", 1)],
)
def test_a_stored_value_of_the_wrong_kind_is_damaged(key: str, value: object) -> None:
    with pytest.raises(Damaged, match=key):
        settings_store.effective(ACCOUNTS, API, {key: value})
