"""A store of many rows without any mail, and judging it; tasks of `child`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from postroom.archive.archive import Archive

DAY_MS: Final = 86_400_000
NOW_MS: Final = 1_795_000_000_000
CHUNK: Final = 50_000


def retention_fill(home: str, rows: str) -> dict[str, object]:
    """An instance whose catalogue, index and summaries hold so many messages, eight an hour; every fourth has
    the word `advert` in its subject, every hundredth `court`. The packs are empty: judging never reads them."""
    from postroom.archive.search.index import Document
    from postroom.archive.search.summary import Summary

    with _archive(home) as archive:
        mount = archive.stores.get(1)
        number, place = int(rows), archive.directory / "stores" / "1"
        index = mount.indexer.index
        with mount.store.write_lock:
            db = mount.store.catalogue.db
            db.execute("BEGIN")
            db.execute("INSERT INTO folder VALUES (1, 0, 'bench', 1)")
            for start in range(1, number + 1, CHUNK):
                some = range(start, min(start + CHUNK, number + 1))
                db.executemany("INSERT INTO content VALUES (?, ?, 1000, 1, 0, 0)", [(n, n.to_bytes(32)) for n in some])
                db.executemany("INSERT INTO message VALUES (?, ?, 1, ?, NULL, NULL)", [(n, n, _ms(n)) for n in some])
            db.execute("INSERT OR REPLACE INTO fact VALUES ('next', ?)", (number + 1,))
            db.execute("COMMIT")
        with mount.indexer.paused():
            for start in range(1, number + 1, CHUNK):
                some = range(start, min(start + CHUNK, number + 1))
                index.apply([Document(n, 1, (1,), _ms(n) // 1000, 1000, _subject(n)) for n in some], (), index.applied)
                assert mount.summaries
                mount.summaries.put([Summary(n, _ms(n) // 1000, _subject(n), "", "", 0, "") for n in some])
        return {"rows": number, "bytes": sum(path.stat().st_size for path in place.rglob("*") if path.is_file())}


def retention_judge(home: str, repeat: str) -> dict[str, object]:
    """Seconds of reading the rows, and of judging them, turn by turn."""
    from postroom.archive.retention.criteria import Criteria
    from postroom.archive.retention.evaluate import Rules, evaluate
    from postroom.archive.retention.holds import Hold
    from postroom.archive.retention.policies import Policy

    policies = (
        Policy("All", 90, "day"),
        Policy("Adverts", 1, "year", "MessageDate", True, Criteria("advert", ("subject",))),
        Policy("Old", 10, "year", deletes=True, year_end=True),
    )
    rules = Rules(policies, (Hold(1, "Case", "subject:court", "", "", 0),))
    floors, ours = list[float](), list[float]()
    with _archive(home) as archive:
        mount = archive.stores.get(1)
        for _ in range(int(repeat)):
            start = time.perf_counter()
            rows = list(mount.store.catalogue.rows("SELECT number, archive, archived_ms, deleted_ms FROM message"))
            floors.append(time.perf_counter() - start)
            start = time.perf_counter()
            verdicts = evaluate(mount, rules, NOW_MS)
            due = sum(1 for _ in verdicts.due())
            ours.append(time.perf_counter() - start)
        held = sum(1 for _ in verdicts.held())
    return {"s": ours, "floor_s": floors, "due": due, "held": held, "expected": _expected(rows, policies)}


def _expected(rows: list[tuple[int, ...]], policies: tuple[object, ...]) -> int:
    """What is due, message by message."""
    from postroom.archive.retention.policies import Policy, is_due

    everything, adverts, old = (policy for policy in policies if isinstance(policy, Policy))
    due = 0
    for number, _, archived_ms, _ in rows:
        matching = (everything, adverts, old) if number % 4 == 0 else (everything, old)
        due += number % 100 != 0 and is_due(matching, archived_ms, archived_ms, NOW_MS)
    return due


def _ms(number: int) -> int:
    """The first message is of today, each further one an eighth of an hour older."""
    return NOW_MS - number * DAY_MS // 24 // 8


def _subject(number: int) -> str:
    return f"message {number}{' advert' if number % 4 == 0 else ''}{' court' if number % 100 == 0 else ''}"


def _archive(home: str) -> Archive:
    from postroom.archive.archive import Archive
    from postroom.settings import Settings

    return Archive(Path(home), Settings())
