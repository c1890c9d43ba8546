"""`postroom doctor` on the databases of accounts."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import fields
from pathlib import Path

import pytest
from tests.accounts.services.slapd import SUFFIX, Slapd
from tests.accounts.services.slapd_fixtures import empty
from tests.cli.conftest import Run

from postroom.accounts.backends.ldap import schema_classes
from postroom.home import Home
from postroom.settings import Accounts

ON = ("--set", "iredadmin.enabled=true", "--set", "iredadmin.port=0")


def found(run: Run, *options: str) -> list[tuple[str, str]]:
    """State and message of each finding about accounts."""
    ended = run("doctor", "--json", *options)
    findings = [(row["state"], row["message"]) for row in ended.json if row["check"] == "accounts"]
    assert ended.code == (1 if any(row["state"] == "error" for row in ended.json) else 0)
    return findings


def settings(**values: object) -> list[str]:
    return [word for name, value in values.items() for word in ("--set", f"accounts.{name}={value}")]


def first_admin(run: Run, *options: str) -> None:
    assert run("account", "admin", "create", "root@example.org", "--global", "--generate", *options).code == 0


def change(home: Home, *statements: str) -> None:
    with closing(sqlite3.connect(home.path / "accounts.db")) as database, database:
        for statement in statements:
            database.execute(statement)


def test_accounts_are_nobodys_matter_while_their_apis_are_off(run: Run, home: Home) -> None:
    assert found(run) == []


def test_before_the_first_start_it_says_how_the_first_admin_is_made_and_makes_nothing(run: Run, home: Home) -> None:
    ((state, message),) = found(run, *ON)
    assert state == "warning"
    assert "postroom account admin create ADDRESS --global" in message
    assert not (home.path / "accounts.db").exists()


def test_a_home_with_an_admin_is_in_order(run: Run, home: Home) -> None:
    first_admin(run)
    assert {state for state, _ in found(run, *ON)} == {"ok"}
    assert ("ok", "there is a global admin") in found(run, *ON)


def test_a_home_where_nobody_may_sign_in_is_told(run: Run, home: Home) -> None:
    run("account", "init-db")
    assert any("--global" in message for state, message in found(run, *ON) if state == "warning")
    first_admin(run)
    change(home, "UPDATE admin SET active = 0")
    assert any("--global" in message for state, message in found(run, *ON) if state == "warning")


def test_a_user_may_be_the_global_admin(run: Run, home: Home) -> None:
    run("account", "domain", "create", "example.com")
    run("account", "user", "create", "anna@example.com", "--generate")
    run("account", "user", "update", "anna@example.com", "--global")
    assert ("ok", "there is a global admin") in found(run, *ON)


def test_a_missing_table_is_named_and_stays_missing(run: Run, home: Home) -> None:
    first_admin(run)
    change(home, "DROP TABLE throttle", "ALTER TABLE domain DROP COLUMN disclaimer")
    for _ in range(2):
        told = [message for state, message in found(run, *ON) if state == "error"]
        assert any(message.startswith("iredapd.throttle: The table is missing") for message in told)
        assert any("`disclaimer` is missing" in message for message in told)


def test_stored_settings_that_cannot_be_read_are_an_error(run: Run, home: Home) -> None:
    first_admin(run)
    change(home, "INSERT INTO settings (account, k, v) VALUES ('global', 'min_passwd_length', 'nonsense')")
    assert any("min_passwd_length" in message for state, message in found(run, *ON) if state == "error")


def test_a_database_that_does_not_answer_is_told_without_its_password(run: Run, home: Home) -> None:
    url = "postgresql://vmail:very-secret@127.0.0.1:1/vmail"
    told = found(run, *ON, *settings(backend="postgresql", vmail_url=url, iredadmin_url=url))
    assert any("does not answer" in message for state, message in told if state == "error")
    assert "very-secret" not in str(told)


def test_the_policy_service_without_its_database_is_an_error(run: Run, home: Home) -> None:
    url = "postgresql://vmail@127.0.0.1:1/vmail"
    options = settings(backend="postgresql", vmail_url=url, iredadmin_url=url)
    told = found(run, "--set", "policy.enabled=true", "--set", "policy.port=0", *options)
    assert any("accounts.iredapd_url" in message for state, message in told if state == "error")


# LDAP


@pytest.fixture
def ldap(slapd_server: Slapd, tmp_path: Path) -> list[str]:
    """Options of a home whose accounts are in an empty tree."""
    empty(slapd_server.settings())
    return _options(slapd_server.settings(iredadmin_url=f"sqlite:///{tmp_path / 'iredadmin.db'}"))


def _options(accounts: Accounts) -> list[str]:
    plain = Accounts()
    names = (row.name for row in fields(accounts) if getattr(accounts, row.name) != getattr(plain, row.name))
    return settings(**{name: getattr(accounts, name) for name in names})


def test_a_directory_is_looked_at_and_can_be_worked_on(run: Run, home: Home, ldap: list[str]) -> None:
    assert any("init-db" in message for state, message in found(run, *ON, *ldap) if state == "error")
    assert "Made the table iredadmin.log." in run("account", "init-db", *ldap).out
    assert run("account", "init-db", *ldap).out == "Nothing is missing.\n"
    first_admin(run, *ldap)
    assert {state for state, _ in found(run, *ON, *ldap)} == {"ok"}
    assert any("has the schema and the tree" in message for _, message in found(run, *ON, *ldap))
    run("account", "domain", "create", "example.com", *ldap)
    run("account", "user", "create", "anna@example.com", "--name", "Anna", "--quota", "3", "--generate", *ldap)
    listed = run("account", "user", "list", "example.com", *ldap).out
    assert all(word in listed for word in ("anna@example.com", "Anna", " 3 ", "active"))
    assert "everything" in run("account", "admin", "list", *ldap).out
    assert run("account", "user", "show", "anna@example.com", "--json", *ldap).json["cn"] == ["Anna"]


def test_a_schema_that_lacks_a_class_is_told(
    run: Run, home: Home, ldap: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run("account", "init-db", *ldap)
    newer = schema_classes.ObjectClass("1.2.3", "mailNovelty", "AUXILIARY", (), ("cn",))
    monkeypatch.setattr(schema_classes, "CLASSES", (*schema_classes.CLASSES, newer))
    told = [message for state, message in found(run, *ON, *ldap) if state == "error"]
    assert told == ["the directory's schema lacks mailNovelty. Load what `postroom account init-db --schema` prints."]


def test_a_suffix_that_is_not_there_is_told(run: Run, home: Home, ldap: list[str]) -> None:
    run("account", "init-db", *ldap)
    told = found(run, *ON, *ldap, *settings(ldap_suffix=f"dc=other,{SUFFIX}", ldap_bind_dn=f"cn=vmailadmin,{SUFFIX}"))
    assert any("o=domains,dc=other" in message for state, message in told if state == "error")


def test_a_directory_that_does_not_answer_is_told(run: Run, home: Home, ldap: list[str]) -> None:
    told = found(run, *ON, *ldap, *settings(ldap_uri="ldap://127.0.0.1:1"))
    assert any("directory server" in message for state, message in told if state == "error")
