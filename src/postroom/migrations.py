"""Schema of our SQLite databases: numbered files beside the code, applied in turn.

`sql/<name>-0001.sql`, `-0002.sql`, ... take a database from one version to the next; the version is SQLite's
`user_version`. When a database has seen a few, `sql/<name>-schema.sql` may hold the sum of all for new databases;
tests/test_migrations.py holds the two equal.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from typing import NamedTuple

from postroom.errors import WrongState


class Schema(NamedTuple):
    """`steps[n]` takes version n to n + 1; `fresh`, if any, makes the last version from nothing."""

    name: str
    steps: tuple[str, ...]
    fresh: str | None = None


def load(package: str, name: str) -> Schema:
    """The schema `name` from the folder `sql` of a package. A gap in the numbers is an error of ours."""
    folder = files(package) / "sql"
    found = {file.name: file for file in folder.iterdir()}
    numbered = sorted(file for file in found if file.startswith(f"{name}-") and file[len(name) + 1 : -4].isdigit())
    expected = [f"{name}-{number:04}.sql" for number in range(1, len(numbered) + 1)]
    if numbered != expected or not numbered:
        raise FileNotFoundError(f"{package}/sql: expected {expected or [name + '-0001.sql']}, found {numbered}")
    fresh = found.get(f"{name}-schema.sql")
    steps = tuple(found[file].read_text("utf-8") for file in numbered)
    return Schema(name, steps, fresh.read_text("utf-8") if fresh else None)


def migrate(connection: sqlite3.Connection, schema: Schema) -> int:
    """Bring a database to the last version; each step is one transaction, and all that makes a new one.

    Returns how many transactions that were.

    Raises WrongState for a database from the future.
    """
    applied = 0
    # A rebuilt table (SQLite's way to change one) must not cascade into those that refer to it.
    enforced = connection.execute("PRAGMA foreign_keys").fetchone()[0]
    connection.execute("PRAGMA foreign_keys = OFF")
    try:
        while (version := _version(connection, schema)) < len(schema.steps):
            applied += _step(connection, schema, version)
    finally:
        connection.execute(f"PRAGMA foreign_keys = {enforced:d}")
    return applied


def _step(connection: sqlite3.Connection, schema: Schema, version: int) -> int:
    with _transaction(connection):
        # Somebody else may have been faster while we waited for the lock.
        if _version(connection, schema) != version:
            return 0
        scripts, reached = _scripts(schema, version)
        for script in scripts:
            for statement in statements(script):
                connection.execute(statement)
        broken = connection.execute("PRAGMA foreign_key_check").fetchone()
        if broken:
            raise WrongState(f"The schema {schema.name} {reached} leaves a row of {broken[0]} without its parent.")
        connection.execute(f"PRAGMA user_version = {reached:d}")
    return 1


def _scripts(schema: Schema, version: int) -> tuple[Sequence[str], int]:
    """What the next transaction runs, and the version that it reaches: a new database gets all at once."""
    if version:
        return schema.steps[version : version + 1], version + 1
    return ([schema.fresh] if schema.fresh else schema.steps), len(schema.steps)


def _version(connection: sqlite3.Connection, schema: Schema) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(schema.steps):
        raise WrongState(
            f"The {schema.name} database has version {version}; this program knows up to {len(schema.steps)}. "
            "It was written by a newer Postroom: use that one."
        )
    return version


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def statements(script: str) -> Iterator[str]:
    """The statements of a script, in which each ends a line; executescript() would commit in between."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending.strip()
            pending = ""
    rest = [line for line in pending.splitlines() if line.strip() and not line.lstrip().startswith("--")]
    if rest:
        raise ValueError(f"A statement has no end: {rest[0]!r}")
