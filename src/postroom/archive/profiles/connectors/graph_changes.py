"""What changed in the folders of a mailbox of a Microsoft Graph, page by page (delta)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from postroom.archive.profiles.connectors.graph_answers import Refused, drain
from postroom.archive.profiles.connectors.graph_folders import MailFolder, segment
from postroom.archive.profiles.connectors.graph_messages import SELECT, Row, Rows
from postroom.archive.profiles.connectors.graph_session import IMMUTABLE, Broken, Session

PAGE: Final = 200
MOST_RESTARTS: Final = 3
GONE: Final = 410
_PREFER: Final = f"{IMMUTABLE}, odata.maxpagesize={PAGE}"


@dataclass(frozen=True, slots=True)
class Changed:
    """A page; `link` leads on from behind it, None when nobody knows: then it is listed once more."""

    folder: MailFolder
    rows: list[Row]
    link: str | None


@dataclass(frozen=True, slots=True)
class Lost:
    """The list of a folder broke off. `anew`: what it went on from is of no use."""

    folder: MailFolder
    reason: str
    anew: bool = False


class Changes:
    """The changes of folders, each since its link in `links`; all there is for a folder without one."""

    def __init__(self, session: Session, user: str, links: Mapping[str, str], note: Callable[[str], None]) -> None:
        self._session, self._links, self._note = session, links, note
        self._base = f"users/{segment(user)}/mailFolders"

    def of(self, folder: MailFolder) -> Iterator[Changed | Lost]:
        """Raises Unavailable, Denied, Cancelled."""
        begun = self._links.get(folder.id)
        link, seen, restarts = begun or self._fresh(folder), set[str](), 0
        while True:
            seen.add(link)
            try:
                page = self._session.json(link, Rows, prefer=_PREFER)
            except Broken as error:
                yield Lost(folder, str(error), anew=link == begun)
                return
            if not isinstance(page, Refused):
                after, fault = self._after(page)
                yield Changed(folder, page.value, after)
                if page.next_link and after in seen:
                    fault = "the server names the same next page again"
                if fault:
                    yield Lost(folder, fault, anew=True)
                if fault or not page.next_link or not after:
                    return
                link = after
            elif restarts < MOST_RESTARTS and self._is_over(page, link == begun):
                self._note(
                    f"The changes of the folder {'/'.join(folder.path)!r} are listed from the beginning: {page}."
                )
                link, seen, restarts = self._fresh(folder), set(), restarts + 1
            else:
                yield from self._refused(folder, page)
                return

    def _fresh(self, folder: MailFolder) -> str:
        return f"{self._base}/{segment(folder.id)}/messages/delta?$select={SELECT}"

    def _after(self, page: Rows) -> tuple[str | None, str]:
        """The link behind a page, and what is wrong with it."""
        link = page.next_link or page.delta_link
        if not link:
            return None, "the list ended without a link to what changes later"
        try:
            return self._session.short(link), ""
        except Broken as error:
            return None, str(error)

    def _is_over(self, refused: Refused, kept: bool) -> bool:
        """Whether a link is too old, or one that was kept is none any more."""
        return refused.status == GONE or (kept and refused.status == 400)

    def _refused(self, folder: MailFolder, refused: Refused) -> Iterator[Lost]:
        """A folder may have been removed since it was listed."""
        if refused.status == 404:
            told = self._session.ask("get", f"{self._base}/{segment(folder.id)}?$select=id", drain)
            if isinstance(told, Refused) and told.status == 404:
                return
        yield Lost(folder, str(refused))
