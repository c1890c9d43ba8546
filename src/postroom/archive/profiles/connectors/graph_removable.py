"""What a folder of a Microsoft Graph holds that came before a moment, the oldest first.

Messages are removed while this goes on, so pages that count rows would pass over some: each page begins at the date
that the last one ended with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final

from postroom.archive.profiles.connectors.graph_answers import Refused
from postroom.archive.profiles.connectors.graph_folders import MailFolder, segment
from postroom.archive.profiles.connectors.graph_messages import SELECT, Row, Rows, received_ms
from postroom.archive.profiles.connectors.graph_session import Session

PAGE: Final = 200
_FIRST: Final = "1900-01-01T00:00:00Z"


def listed(
    session: Session, user: str, folder: MailFolder, before_ms: int | None, note: Callable[[str], None]
) -> Iterator[Row]:
    """Each once; None = whenever it came. A server may tell of others too: look at the dates.

    Raises Unavailable, Denied, Cancelled; a folder that may not be listed is noted.
    """
    place = f"users/{segment(user)}/mailFolders/{segment(folder.id)}/messages"
    since, given, followed = _FIRST, set[str](), set[str]()
    link: str | None = None
    while True:
        params = None if link else _asked(since, before_ms)
        page = session.json(link or place, Rows, params=params)
        if isinstance(page, Refused):
            note(f"What may be removed from {'/'.join(folder.path)!r} cannot be listed: {page}.")
            return
        yield from (row for row in page.value if row.id not in given)
        last = _last(page)
        if not page.next_link or page.next_link in followed:
            return
        if last is not None and last > since:
            since, link, given = last, None, {row.id for row in page.value}
        else:
            # More than a page of one moment, or dates that say nothing.
            link, given = page.next_link, given | {row.id for row in page.value}
            followed.add(link)


def _asked(since: str, before_ms: int | None) -> dict[str, str]:
    told = f"receivedDateTime ge {since}"
    if before_ms is not None:
        told += f" and receivedDateTime lt {_text(before_ms)}"
    return {"$filter": told, "$orderby": "receivedDateTime", "$select": SELECT, "$top": str(PAGE)}


def _last(page: Rows) -> str | None:
    """The date of the last row as the server takes it; None when it is none."""
    moment = received_ms(page.value[-1]) if page.value else None
    return None if moment is None else _text(moment)


def _text(moment_ms: int) -> str:
    return datetime.fromtimestamp(moment_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
