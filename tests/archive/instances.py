"""A small instance for tests: cheap passwords, one worker, a short limit per message; and who may read all of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from postroom.archive.archive import Archive
from postroom.archive.ingest import ImportResult
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.instance.privileges import Account
from postroom.settings import Archive as ArchiveSettings
from postroom.settings import Passwords, Settings

USER = "anna"
READER = Account(USER, frozenset({"login", "export", "delete"}), folders={USER: frozenset({"read", "write", "delete"})})
WAIT_S = 120.0


def settings(limit_s: float = 20.0, **archive: object) -> Settings:
    """`archive`: further settings of the section of that name."""
    base = ArchiveSettings(extract_timeout_s=limit_s, extract_workers=1)
    return Settings(
        archive=replace(base, **archive),  # type: ignore[arg-type]
        passwords=Passwords(time_cost=1, memory_kib=1024),
    )


def take_in(archive: Archive, path: Path, kind: str = "auto") -> ImportResult:
    """Import into the archive of USER, and wait until all of it is indexed."""
    result = archive.import_mail(str(path), USER, SYSTEM, kind=kind)
    assert archive.wait_indexed(WAIT_S)
    return result


def found(archive: Archive, query: str) -> set[int]:
    """Numbers of all messages that match."""
    numbers: set[int] = set()
    after = ""
    while True:
        page = archive.search(query, READER, SYSTEM, limit=1_000, snippets=False, after=after)
        assert page.complete
        numbers |= {row.message for row in page.rows}
        after = page.after
        if not after:
            assert len(numbers) == page.total
            return numbers
