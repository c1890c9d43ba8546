"""Databases of every age end with the same schema."""

import sqlite3
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from postroom.errors import WrongState
from postroom.migrations import Schema, load, migrate, statements

PACKAGES = ["postroom.accounts", "postroom.archive", "postroom.work", "postroom.workspace.signin"]
STEPS = (
    "CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;\nINSERT INTO user VALUES (1, 'anna');\n",
    "ALTER TABLE user ADD COLUMN mail TEXT;\n-- so that mail finds its owner\nCREATE INDEX by_mail ON user (mail);\n",
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    yield connection
    connection.close()


def shape(connection: sqlite3.Connection) -> set[tuple[object, ...]]:
    """Tables with columns, indexes with columns, foreign keys, triggers: what matters, not how it was written."""
    found: set[tuple[object, ...]] = set()
    for kind, name, sql in connection.execute("SELECT type, name, sql FROM sqlite_schema").fetchall():
        if kind == "table":
            found |= {(name, *row[1:]) for row in connection.execute(f"PRAGMA table_xinfo({name})")}
            found |= {(name, "to", *row[2:]) for row in connection.execute(f"PRAGMA foreign_key_list({name})")}
            found |= {row[1:] for row in connection.execute(f"PRAGMA table_list({name})")}
        elif kind == "index":
            found |= {(name, *row) for row in connection.execute(f"PRAGMA index_xinfo({name})")}
        else:
            found.add((kind, name, " ".join(sql.split())))
    return found


def ours() -> list[tuple[str, str]]:
    return sorted(
        (package, file.name.removesuffix("-0001.sql"))
        for package in PACKAGES
        if (files(package) / "sql").is_dir()
        for file in (files(package) / "sql").iterdir()
        if file.name.endswith("-0001.sql")
    )


@pytest.mark.parametrize(("package", "name"), ours())
def test_all_migrations_in_turn_equal_the_fresh_schema(package: str, name: str) -> None:
    schema = load(package, name)
    with_steps, fresh = sqlite3.connect(":memory:", isolation_level=None), sqlite3.connect(":memory:")
    for number in range(1, len(schema.steps) + 1):
        assert migrate(with_steps, schema._replace(fresh=None, steps=schema.steps[:number])) == 1
    fresh.executescript(schema.fresh or "".join(schema.steps))
    assert shape(with_steps) == shape(fresh) != set()
    with_steps.close()
    fresh.close()


@pytest.mark.parametrize(("package", "name"), ours())
def test_tables_of_ours_are_strict(package: str, name: str) -> None:
    with sqlite3.connect(":memory:", isolation_level=None) as connection:
        migrate(connection, load(package, name))
        rows = connection.execute("SELECT name FROM pragma_table_list WHERE NOT strict AND name NOT LIKE 'sqlite_%'")
        assert rows.fetchall() == []
    connection.close()


def test_an_old_database_gets_the_steps_it_lacks_and_keeps_its_rows(database: sqlite3.Connection) -> None:
    assert migrate(database, Schema("x", STEPS[:1])) == 1
    assert migrate(database, Schema("x", STEPS)) == 1
    assert migrate(database, Schema("x", STEPS)) == 0
    assert database.execute("SELECT id, name, mail FROM user").fetchall() == [(1, "anna", None)]


def test_a_new_database_takes_the_fresh_schema_in_one_go(database: sqlite3.Connection) -> None:
    schema = Schema("x", STEPS, "CREATE TABLE other (id INTEGER PRIMARY KEY) STRICT;\n")
    assert migrate(database, schema) == 1
    assert migrate(database, schema) == 0
    assert database.execute("PRAGMA user_version").fetchone() == (2,)
    assert database.execute("SELECT name FROM sqlite_schema").fetchall() == [("other",)]


def test_a_step_that_fails_leaves_the_version_before_it(database: sqlite3.Connection) -> None:
    broken = Schema("x", (STEPS[0], "CREATE TABLE half (id INTEGER PRIMARY KEY);\nINSERT INTO nowhere VALUES (1);\n"))
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        migrate(database, broken)
    assert database.execute("SELECT name FROM sqlite_schema").fetchall() == []
    migrate(database, Schema("x", STEPS[:1]))
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        migrate(database, broken)
    assert database.execute("PRAGMA user_version").fetchone() == (1,)
    assert database.execute("SELECT name FROM sqlite_schema").fetchall() == [("user",)]


def test_a_table_may_be_rebuilt_without_its_children_being_deleted(database: sqlite3.Connection) -> None:
    first = (
        "CREATE TABLE a (id INTEGER PRIMARY KEY);\n"
        "CREATE TABLE b (a INTEGER REFERENCES a ON DELETE CASCADE);\n"
        "INSERT INTO a VALUES (1);\nINSERT INTO b VALUES (1);\n"
    )
    rebuild = (
        "CREATE TABLE c (id INTEGER PRIMARY KEY);\nINSERT INTO c SELECT id FROM a;\n"
        "DROP TABLE a;\nALTER TABLE c RENAME TO a;\n"
    )
    database.execute("PRAGMA foreign_keys = ON")
    migrate(database, Schema("x", (first, rebuild)))
    assert database.execute("SELECT a FROM b").fetchall() == [(1,)]
    assert database.execute("PRAGMA foreign_keys").fetchone() == (1,)
    with pytest.raises(WrongState, match="parent"):
        migrate(database, Schema("x", (first, rebuild, "DELETE FROM a;\n")))


def test_a_database_from_the_future_is_refused(database: sqlite3.Connection) -> None:
    database.execute("PRAGMA user_version = 9")
    with pytest.raises(WrongState, match="newer Postroom"):
        migrate(database, Schema("x", STEPS))


def test_a_script_falls_into_its_statements() -> None:
    trigger = "CREATE TRIGGER t BEFORE DELETE ON a BEGIN\n  SELECT 1;\n  SELECT 2;\nEND;"
    assert list(statements(f"-- a line; of why\nSELECT ';';\n\n{trigger}\n-- the end\n")) == [
        "-- a line; of why\nSELECT ';';",
        trigger,
    ]
    with pytest.raises(ValueError, match="no end"):
        list(statements("SELECT 1\n"))
