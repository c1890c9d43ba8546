"""What `postroom doctor` is told about existing databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert, text
from tests.ports import free_port

from postroom.accounts.database import initialise
from postroom.accounts.database.compare import differences
from postroom.accounts.database.connect import Databases
from postroom.accounts.database.tables import iredapd, vmail
from postroom.settings import Accounts


def _change(databases: Databases, name: str, *statements: str) -> None:
    with databases.write() as unit:
        for statement in statements:
            getattr(unit, name).execute(text(statement))


def _told(databases: Databases) -> list[str]:
    return [str(difference) for difference in differences(databases)]


def test_fresh_databases_differ_in_nothing(databases: Databases) -> None:
    assert differences(databases) == []


def test_a_missing_table_is_found(own_databases: Databases) -> None:
    _change(own_databases, "iredapd", "DROP TABLE wblist_rdns")
    assert _told(own_databases) == ["iredapd.wblist_rdns: The table is missing; `postroom account init-db` makes it."]
    initialise.create(own_databases)
    assert differences(own_databases) == []


def test_a_database_without_tables_is_one_difference(own_databases: Databases) -> None:
    for table in initialise.wanted("iredadmin", own_databases.backend):
        _change(own_databases, "iredadmin", f"DROP TABLE {table.name}")
    assert _told(own_databases) == ["iredadmin: It has none of the 7 tables; `postroom account init-db` makes them."]
    initialise.create(own_databases)
    assert differences(own_databases) == []


def test_a_dropped_column_is_found(own_databases: Databases) -> None:
    _change(own_databases, "vmail", "ALTER TABLE mailbox DROP COLUMN disclaimer")
    (difference,) = differences(own_databases)
    assert str(difference) == "vmail.mailbox: The column `disclaimer` is missing."
    assert difference.serious


def test_columns_of_others_are_no_difference_unless_they_must_be_given(own_databases: Databases) -> None:
    _change(own_databases, "vmail", "ALTER TABLE domain ADD COLUMN theirs VARCHAR(20) NOT NULL DEFAULT 'x'")
    _change(own_databases, "vmail", "ALTER TABLE domain ADD COLUMN more INT")
    assert differences(own_databases) == []


@pytest.mark.parametrize("own_database_settings", ["postgresql", "mariadb"], indirect=True)
def test_a_column_of_others_without_default_is_found(own_databases: Databases) -> None:
    _change(own_databases, "vmail", "ALTER TABLE domain ADD COLUMN theirs INT NOT NULL")
    (told,) = _told(own_databases)
    assert told.startswith("vmail.domain: The column `theirs` is unknown to us and has no default")


@pytest.mark.parametrize("own_database_settings", ["postgresql", "mariadb"], indirect=True)
def test_a_type_of_another_kind_is_found(own_databases: Databases) -> None:
    change = {
        "postgresql": "ALTER TABLE users ALTER email TYPE varchar(255) USING convert_from(email, 'UTF8')",
        "mariadb": "ALTER TABLE users MODIFY email VARCHAR(255) NOT NULL",
    }[own_databases.backend]
    _change(own_databases, "amavisd", change)
    assert _told(own_databases) == ["amavisd.users: The column `email` holds text, expected bytes."]


@pytest.mark.parametrize("own_database_settings", ["postgresql", "mariadb"], indirect=True)
def test_a_missing_unique_key_is_found(own_databases: Databases) -> None:
    name = "uq_forwardings_address_forwarding"
    drop = {"postgresql": f"DROP CONSTRAINT {name}", "mariadb": f"DROP INDEX {name}"}[own_databases.backend]
    _change(own_databases, "vmail", f"ALTER TABLE forwardings {drop}")
    (difference,) = differences(own_databases)
    assert str(difference) == "vmail.forwardings: There is no unique key of (address, forwarding)."
    assert difference.serious


@pytest.mark.parametrize("own_database_settings", ["postgresql", "mariadb"], indirect=True)
def test_throttles_without_a_unique_key_are_usual_on_postgresql_only(own_databases: Databases) -> None:
    name = "uq_throttle_account_kind"
    drop = {"postgresql": f"DROP CONSTRAINT {name}", "mariadb": f"DROP INDEX {name}"}[own_databases.backend]
    _change(own_databases, "iredapd", f"ALTER TABLE throttle {drop}")
    (difference,) = differences(own_databases)
    assert difference.serious == (own_databases.backend == "mariadb")
    if difference.serious:
        return
    with own_databases.write() as unit:
        unit.iredapd.execute(insert(iredapd.throttle), [{"account": "@."}, {"account": "@."}])
    told = _told(own_databases)
    assert told[1].startswith("iredapd.throttle: 1 row: there is more than one setting")


def test_a_key_of_fewer_columns_is_no_difference(own_databases: Databases) -> None:
    _change(own_databases, "vmail", "DROP TABLE last_login")
    created = (
        "CREATE TABLE last_login (username varchar(255) PRIMARY KEY, domain varchar(255) NOT NULL DEFAULT '', "
        "imap bigint, pop3 bigint, lda bigint)"
    )
    _change(own_databases, "vmail", created)
    assert differences(own_databases) == []


def test_a_missing_trigger_is_told_and_made(own_databases: Databases) -> None:
    on = " ON used_quota" if own_databases.backend == "postgresql" else ""
    _change(own_databases, "vmail", f"DROP TRIGGER used_quota_before_insert{on}")
    (difference,) = differences(own_databases)
    assert difference.table == "used_quota"
    assert not difference.serious
    assert initialise.create(own_databases) == ["trigger vmail.used_quota_before_insert"]
    assert differences(own_databases) == []


def test_rows_that_do_harm_are_told(databases: Databases) -> None:
    with databases.write() as unit:
        unit.vmail.execute(insert(vmail.mailbox), [
            {"username": "a@example.com", "allow_nets": ""}, {"username": "b@example.com", "allow_nets": None},
            {"username": "c@example.com", "allow_nets": "192.0.2.1"},
        ])  # fmt: skip
        unit.vmail.execute(insert(vmail.forwardings), [
            {"address": name, "forwarding": name, "is_forwarding": 1} for name in ("a@example.com", "b@example.com")
        ])  # fmt: skip
    told = _told(databases)
    assert [line.partition(",")[0] for line in told] == [
        "vmail.mailbox: 1 row: `allow_nets` is empty instead of NULL",
        "vmail.mailbox: 1 row: no row of `forwardings` leads to the mailbox",
    ]
    assert not any(difference.serious for difference in differences(databases))


@pytest.mark.parametrize("database_settings", ["sqlite", "postgresql"], indirect=True)
def test_names_in_capitals_are_told(databases: Databases) -> None:
    with databases.write() as unit:
        unit.vmail.execute(insert(vmail.domain), [{"domain": "Example.com"}, {"domain": "example.org"}])
    (told,) = _told(databases)
    assert told.startswith("vmail.domain: 1 row: `domain` has capital letters")


def test_a_database_that_does_not_answer_or_is_not_configured_is_one_difference(tmp_path: Path) -> None:
    url = f"postgresql://someone:secret@127.0.0.1:{free_port()}/vmail"
    opened = Databases.open(Accounts(backend="postgresql", vmail_url=url), tmp_path)
    log, vmail_told = differences(opened)
    opened.close()
    assert str(log) == "iredadmin: is not configured: set `accounts.iredadmin_url`."
    assert "does not answer" in str(vmail_told)
    assert "secret" not in str(vmail_told)


def test_with_ldap_the_log_s_database_has_the_tables_of_dovecot(tmp_path: Path) -> None:
    accounts = Accounts(backend="ldap", iredadmin_url=f"sqlite:///{tmp_path / 'iredadmin.db'}")
    opened = Databases.open(accounts, tmp_path)
    assert "table iredadmin.used_quota" in initialise.create(opened)
    assert differences(opened) == []
    opened.close()
