"""One export run: the messages that a profile names, as far as its owner may read them, into its sink."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from postroom.archive.body import Body
from postroom.archive.export.export import ExportItem
from postroom.archive.export.names import subject
from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor
from postroom.archive.instance.privileges import Account
from postroom.archive.messages import Listed
from postroom.archive.profiles import connectors
from postroom.archive.profiles.common import QUERY, RETAIN, SOURCE
from postroom.archive.profiles.connector import Context, Outgoing, Sink
from postroom.archive.profiles.profiles import Profile
from postroom.archive.profiles.results import Counts, Result
from postroom.archive.profiles.run_log import RunLog
from postroom.archive.sources import Problem
from postroom.errors import Damaged, Denied, Invalid, NotFound
from postroom.work import Process

if TYPE_CHECKING:
    from postroom.archive.archive import Archive

AT_ONCE: Final = 200
HEAD_BYTES: Final = 64 << 10


class Exporting:
    """A run of `profile`, which has its secrets, as `account`. `saved` is told when `counts` changed."""

    def __init__(
        self,
        archive: Archive,
        profile: Profile,
        account: Account,
        by: Actor,
        counts: Counts,
        log: RunLog,
        process: Process,
        saved: Callable[[], None],
    ) -> None:
        self._archive, self._profile, self._account, self._by = archive, profile, account, by
        self._counts, self._log, self._process, self._saved = counts, log, process, saved
        self._gone = 0

    def run(self, context: Context) -> Result:
        """Raises what choosing the messages raises, and what the connector does; Cancelled."""
        details, exporter = self._profile.details, connectors.export(self._profile.connector)
        query, folder = details.text(QUERY.name) or None, details.text(SOURCE.name) or None
        target = f"{self._profile.name} ({exporter.name})"
        with self._archive.instance.audit.recording(
            events.MESSAGE_EXPORT, self._by, target, query=query, folder=folder
        ) as facts:
            self._account.check("export")
            items = self._archive.chosen(self._account, query, folder, None, self._by, self._looking(context))
            try:
                with exporter.open(details, context) as sink:
                    self._all(items, sink, context)
            finally:
                facts |= {"messages": self._counts.archived, "failed": self._counts.failed}
        self._tell(len(items))
        return "completedWithErrors" if self._counts.failed else "succeeded"

    def _looking(self, context: Context) -> Callable[[int, int], None]:
        def looking(_done: int, _total: int) -> None:
            context.stop()
            self._process.say("Looking for the messages...")

        return looking

    def _tell(self, total: int) -> None:
        counts = self._counts
        self._log.add(f"{counts.archived} of {total} messages exported, {counts.skipped} there already, "
                      f"{counts.failed} failed.")  # fmt: skip
        if self._gone:
            self._log.add(f"{self._gone} messages were deleted from the archive meanwhile.")

    def _all(self, items: Sequence[ExportItem], sink: Sink, context: Context) -> None:
        for done, (item, listed) in enumerate(self._listed(items), 1):
            context.stop()
            self._one(item, listed, sink)
            self._saved()
            self._process.say(f"{done} of {len(items)} messages")
            self._process.progress(done, len(items))

    def _one(self, item: ExportItem, listed: Listed | None, sink: Sink) -> None:
        try:
            with self._outgoing(item, listed) as message:
                if sink.has(message):
                    self._counts.skipped += 1
                else:
                    sink.put(message)
                    self._counts.archived += 1
        except NotFound:
            self._gone += 1
        except (Invalid, Denied, Damaged) as error:
            self._counts.failed += 1
            self._log.problems(item.archive, [Problem(item.folder, f"{item.store}:{item.message}", str(error))])

    @contextmanager
    def _outgoing(self, item: ExportItem, listed: Listed | None) -> Iterator[Outgoing]:
        """The message, open. Raises NotFound when it is there no more, Damaged."""
        if listed is None:
            raise NotFound("message", f"{item.store}:{item.message}")
        body = self._archive.stores.get(item.store).store.open(item.message)
        try:
            yield Outgoing(
                id=f"{item.store}:{item.message}",
                archive=item.archive,
                folder=item.folder if self._profile.details.flag(RETAIN.name) else "",
                subject=listed.subject or subject(bytes(body[:HEAD_BYTES])),
                date_ms=listed.archived_ms if listed.date_s is None else listed.date_s * 1000,
                body=body,
            )
        finally:
            _close(body)

    def _listed(self, items: Sequence[ExportItem]) -> Iterator[tuple[ExportItem, Listed | None]]:
        for start in range(0, len(items), AT_ONCE):
            some = items[start : start + AT_ONCE]
            found: dict[tuple[int, int], Listed] = {}
            for store in {item.store for item in some}:
                numbers = [item.message for item in some if item.store == store]
                rows = self._archive.messages.listed(self._archive.stores.get(store), numbers)
                found |= {(row.id.store, row.id.number): row for row in rows}
            yield from ((item, found.get((item.store, item.message))) for item in some)


def _close(body: Body) -> None:
    if isinstance(body, mmap.mmap):
        body.close()
