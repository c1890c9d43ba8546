"""What is in a database: tables, columns, keys, indexes. Read at once, because asking table by table takes seconds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection, Table, inspect
from sqlalchemy.engine.interfaces import ReflectedColumn


@dataclass(frozen=True, slots=True)
class Present:
    """By name of the table, for those that are there and asked for."""

    columns: dict[str, list[ReflectedColumn]]
    unique: dict[str, set[tuple[str, ...]]]
    """Columns of primary and unique keys."""
    indexed: dict[str, set[tuple[str, ...]]]
    """Columns of all keys and indexes."""

    @classmethod
    def read(cls, connection: Connection, tables: Iterable[Table]) -> Self:
        """Only of `tables`."""
        inspector = inspect(connection)
        names = sorted({table.name for table in tables} & {*inspector.get_table_names()})
        found = cls({}, {name: set() for name in names}, {name: set() for name in names})
        if not names:
            return found
        for (_, name), columns in inspector.get_multi_columns(filter_names=names).items():
            found.columns[name] = columns
        for (_, name), key in inspector.get_multi_pk_constraint(filter_names=names).items():
            found._add(name, key["constrained_columns"] if key else [], unique=True)
        for (_, name), uniques in inspector.get_multi_unique_constraints(filter_names=names).items():
            for constraint in uniques:
                found._add(name, constraint["column_names"], unique=True)
        for (_, name), indexes in inspector.get_multi_indexes(filter_names=names).items():
            for index in indexes:
                partial = "postgresql_where" in index.get("dialect_options", {})
                found._add(name, index["column_names"], unique=bool(index["unique"]) and not partial)
        return found

    def _add(self, table: str, columns: Iterable[str | None], *, unique: bool) -> None:
        named = tuple(column or "" for column in columns)  # an expression has no name
        self.indexed[table].add(named)
        if unique:
            self.unique[table].add(named)

    def has(self, table: Table) -> bool:
        return table.name in self.columns

    def has_unique(self, table: Table, columns: Iterable[str]) -> bool:
        """Whether no two rows can have the same in these columns: there is a key of them, or of some of them."""
        wanted = set(columns)
        return any(key and wanted.issuperset(key) for key in self.unique[table.name])

    def has_index(self, table: Table, columns: tuple[str, ...]) -> bool:
        """Whether a key or index begins with these columns."""
        return any(found[: len(columns)] == columns for found in self.indexed[table.name])
