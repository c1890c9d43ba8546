"""What results of the API look like to people: lines of text and tables."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.text import Text

from postroom.cli.tables import Listing

Row = Mapping[str, Any]


def size(size_bytes: int) -> str:
    """A number of bytes with three digits: '12.3 MiB'."""
    number = float(size_bytes)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if number < 1000:
            return f"{number:.0f} {unit}" if unit == "bytes" else f"{number:.3g} {unit}"
        number /= 1024
    return f"{number:.3g} TiB"


def plain(text: object) -> Text:
    """Text of a mail, without what a terminal would obey."""
    return Text("".join(c if c.isprintable() or c in "\n\t" else " " for c in str(text or "")))


def table(*columns: str, rows: Sequence[Sequence[object]]) -> Listing:
    """Columns whose title ends in > stand to the right."""
    return Listing(columns, tuple(tuple(map(plain, row)) for row in rows))


def imported(result: Row, archive: str) -> Iterator[str]:
    """What an import did, then what could not be read."""
    new = f"{result['stored']} new messages" if result["stored"] else "Nothing new"
    # The bytes are those of all that was read and not known by its name in the source: new or not.
    read = f"{result['messages']} read" + (f" ({size(result['bytes'])})" if result["bytes"] else "")
    yield f"{new} for the archive {archive}; {read}, {result['known']} known already."
    for problem in result["problems"]:
        yield f"Not read: {problem['item']}: {problem['reason']}"
    if result["failed"] > len(result["problems"]):
        yield f"Not read: {result['failed'] - len(result['problems'])} more."


def page(found: Row) -> Iterator[Text | Listing]:
    """One page of a search."""
    if found["messages"]:
        rows = [(hit["id"], _day(hit["date"]), hit["from"], hit["subject"], hit["folder"]) for hit in found["messages"]]
        yield table("id", "date", "from", "subject", "folder", rows=rows)
    shown = len(found["messages"])
    yield Text(f"{found['total']} found" + (f", {shown} shown." if shown < found["total"] else "."))
    if found["next"]:
        yield Text(f"More: --after {found['next']}")
    if not found["complete"]:
        yield Text(f"Not everything was searched{'' if found['pending'] else '; `postroom archive stores` tells why'}.")
    if found["pending"]:
        yield Text(f"{found['pending']} messages wait for the index.")


def _day(date: str | None) -> str:
    return (date or "")[:10]


def message(found: Row) -> Iterator[Text]:
    """One message, headers first."""
    for title in ("id", "from", "to", "subject", "date", "archiveDate", "sha256"):
        yield plain(f"{title + ':':13}{found[title] or ''}")
    yield plain(f"folders:     {', '.join(found['folders'])}")
    for envelope in found["envelopes"]:
        yield from _envelope(envelope)
    for part in found["attachments"]:
        yield plain(f"attachment:  {part['name'] or '(no name)'}, {part['type']}, {size(part['size'])}")
    yield Text()
    yield plain(found["text"].replace("\r\n", "\n"))


def _envelope(told: Row) -> Iterator[Text]:
    """What the mail system told the journal."""
    yield plain(f"envelope:    from <{told['sender']}> to {', '.join(told['recipients']) or '(not told)'}")
    if told["others"]:
        yield plain(f"             with {', '.join(told['others'])}")
    if told["problem"]:
        yield plain(f"             {told['problem']}")


def stores(rows: Sequence[Row]) -> Listing:
    """The stores."""
    return table(
        "id>", "name", "state", "messages>", "size>", "fault",
        rows=[
            (row["id"], row["name"], row.get("state") or row["requestedState"], _count(row["statisticsCount"]),
             "" if row["statisticsSize"] is None else size(row["statisticsSize"]), row["error"] or "")
            for row in rows
        ],
    )  # fmt: skip


def archives(rows: Sequence[Row]) -> Listing:
    """The archives."""
    cells = [(row["folder"], _count(row["count"]), size(row["size"])) for row in rows]
    return table("archive", "messages>", "size>", rows=cells)


def _count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def verified(row: Row) -> str:
    """Whether a file is in the archive."""
    if not row["messages"]:
        return f"{row['file']}: NOT in the archive (SHA-256 {row['sha256']})"
    first = row["messages"][0]
    at = datetime.datetime.fromtimestamp(first["archivedMs"] / 1000, datetime.UTC)
    ids = ", ".join(message["id"] for message in row["messages"])
    return f"{row['file']}: archived unchanged on {at:%Y-%m-%d %H:%M:%S} UTC as {ids}"
