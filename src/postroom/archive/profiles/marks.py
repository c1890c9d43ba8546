"""What an export remembers where the other side cannot be asked: marks of what it took, kept with the profile."""

from __future__ import annotations

from collections.abc import Sequence

from postroom.sqlite import Database


class ProfileMarks:
    """The marks of one profile; they go with it."""

    def __init__(self, database: Database, profile: int) -> None:
        self._database, self._profile = database, profile

    def has(self, mark: bytes) -> bool:
        with self._database.read() as connection:
            asked = (self._profile, mark)
            found = connection.execute("SELECT 1 FROM profile_mark WHERE profile = ? AND mark = ?", asked)
            return found.fetchone() is not None

    def add(self, marks: Sequence[bytes]) -> None:
        """Durable when it returns."""
        with self._database.write() as connection:
            rows = [(self._profile, mark) for mark in marks]
            connection.executemany("INSERT OR IGNORE INTO profile_mark (profile, mark) VALUES (?, ?)", rows)


class NoMarks:
    """Of what is run once and not kept: it remembers nothing beyond its run."""

    def __init__(self) -> None:
        self._marks: set[bytes] = set()

    def has(self, mark: bytes) -> bool:
        return mark in self._marks

    def add(self, marks: Sequence[bytes]) -> None:
        self._marks.update(marks)
