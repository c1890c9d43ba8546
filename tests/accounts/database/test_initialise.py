"""Making tables, indexes, triggers and first rows in empty and in existing databases."""

from __future__ import annotations

from sqlalchemy import delete, func, insert, inspect, select, text

from postroom.accounts.database import initialise
from postroom.accounts.database.connect import Databases
from postroom.accounts.database.tables import amavisd, iredapd, vmail
from postroom.accounts.database.triggers import TRIGGERS


def test_every_table_of_the_reference_is_made(databases: Databases) -> None:
    with databases.read() as unit:
        for name in databases.configured:
            present = set(inspect(getattr(unit, name)).get_table_names())
            assert {table.name for table in initialise.wanted(name, databases.backend)} <= present


def test_every_column_unique_key_and_index_of_the_tables_is_made(databases: Databases) -> None:
    with databases.read() as unit:
        for name in databases.configured:
            inspector = inspect(getattr(unit, name))
            for table in initialise.wanted(name, databases.backend):
                columns = [column["name"] for column in inspector.get_columns(table.name)]
                assert columns == [column.name for column in table.columns]
                keys = inspector.get_pk_constraint(table.name)["constrained_columns"]
                assert keys == [column.name for column in table.primary_key]
                indexes = {index["name"] for index in inspector.get_indexes(table.name)}
                assert {index.name for index in initialise.wanted_indexes(table, unit.vmail.dialect.name)} <= indexes


def test_only_sqlite_goes_without_indexes_of_switches(databases: Databases) -> None:
    with databases.read() as unit:
        columns = {name for index in inspect(unit.vmail).get_indexes("forwardings") for name in index["column_names"]}
    switches = {"active", "is_alias", "is_forwarding", "is_list", "is_maillist"}
    assert columns & switches == (set() if databases.backend == "sqlite" else switches)
    assert columns >= {"forwarding", "domain", "dest_domain"}


def test_making_again_makes_nothing(databases: Databases) -> None:
    assert initialise.create(databases) == []


def test_a_missing_table_is_made_with_indexes_and_trigger_and_the_others_keep_their_rows(
    own_databases: Databases,
) -> None:
    with own_databases.write() as unit:
        unit.vmail.execute(insert(vmail.domain).values(domain="example.com"))
        unit.vmail.execute(text("DROP TABLE used_quota"))
    kind = own_databases.configured["vmail"].kind
    triggers = [trigger.name for trigger in TRIGGERS[kind] if trigger.table == "used_quota"]
    made = initialise.create(own_databases)
    assert made == ["table vmail.used_quota", *(f"trigger vmail.{name}" for name in triggers)]
    with own_databases.read() as unit:
        assert unit.vmail.execute(select(vmail.domain.c.domain)).scalars().all() == ["example.com"]


def test_a_missing_index_of_an_existing_table_is_made(own_databases: Databases) -> None:
    on = " ON forwardings" if own_databases.backend == "mariadb" else ""
    with own_databases.write() as unit:
        unit.vmail.execute(text(f"DROP INDEX idx_forwardings_forwarding{on}"))
    assert initialise.create(own_databases) == ["index vmail.idx_forwardings_forwarding"]


def test_an_index_of_another_name_is_enough(own_databases: Databases) -> None:
    on = " ON forwardings" if own_databases.backend == "mariadb" else ""
    with own_databases.write() as unit:
        unit.vmail.execute(text(f"DROP INDEX idx_forwardings_forwarding{on}"))
        unit.vmail.execute(text("CREATE INDEX theirs ON forwardings (forwarding, active)"))
    assert initialise.create(own_databases) == []


def test_a_table_of_somebody_else_is_not_altered(own_databases: Databases) -> None:
    with own_databases.write() as unit:
        unit.vmail.execute(text("DROP TABLE sender_relayhost"))
        unit.vmail.execute(text("CREATE TABLE sender_relayhost (id int, account varchar(9), relayhost varchar(9))"))
    assert initialise.create(own_databases) == []
    with own_databases.read() as unit:
        columns = [column["name"] for column in inspect(unit.vmail).get_columns("sender_relayhost")]
    assert columns == ["id", "account", "relayhost"]


def test_a_fresh_installation_greylists_everybody_and_has_a_policy_for_everybody(databases: Databases) -> None:
    users, policy = amavisd.users.c, amavisd.policy.c
    with databases.read() as unit:
        rows = unit.iredapd.execute(select(iredapd.greylisting)).mappings().all()
        account = unit.amavisd.execute(
            select(users.email, users.priority, policy.policy_name, policy.spam_lover, policy.virus_lover).join(
                amavisd.policy, policy.id == users.policy_id
            )
        ).one()
    assert [(row["account"], row["sender"], row["priority"], row["active"]) for row in rows] == [("@.", "@.", 0, 1)]
    assert account == ("@.", 0, "@.", "Y", "N")


def test_a_first_row_that_was_deleted_does_not_come_back(databases: Databases) -> None:
    with databases.write() as unit:
        unit.iredapd.execute(delete(iredapd.greylisting))
    initialise.create(databases)
    with databases.read() as unit:
        assert unit.iredapd.execute(select(func.count()).select_from(iredapd.greylisting)).scalar_one() == 0
