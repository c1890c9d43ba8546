"""Messages on their way out, and what a run lends its exporter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from postroom.archive.profiles.connector import Context, Exporter, Marks, Outgoing, Sink
from postroom.archive.profiles.details import checked
from postroom.archive.profiles.marks import NoMarks
from postroom.errors import PostroomError
from postroom.settings import Settings


def outgoing(number: int, body: bytes, archive: str = "anna", folder: str = "Inbox") -> Outgoing:
    return Outgoing(f"1:{number}", archive, folder, f"Report {number}", 1_770_000_000_000 + number, body)


@dataclass
class Exported:
    """What became of the messages, as the numbers of those written, there already, refused."""

    written: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


@dataclass
class Run:
    """Runs of an exporter, as profiles make them."""

    exporter: Exporter
    details: dict[str, object]
    marks: Marks = field(default_factory=NoMarks)
    notes: list[str] = field(default_factory=list)
    between: Callable[[Outgoing], None] = lambda _: None

    def __call__(self, *messages: Outgoing, **changes: object) -> Exported:
        told = checked(self.exporter.keys, {**self.details, **changes})
        self.exporter.check(told)
        done = Exported()
        with self.exporter.open(told, self.context()) as sink:
            for message in messages:
                self.between(message)
                self._one(sink, message, done)
        return done

    def _one(self, sink: Sink, message: Outgoing, done: Exported) -> None:
        if sink.has(message):
            done.known.append(message.id)
            return
        try:
            sink.put(message)
        except PostroomError as error:
            if error.retryable:
                raise
            done.refused[message.id] = str(error)
        else:
            done.written.append(message.id)

    def context(self) -> Context:
        return Context(
            settings=Settings(),
            clock=lambda: 1_770_000_000_000,
            owner_of=lambda _: None,
            archives=list,
            path=lambda _, given: Path(given),
            credential=lambda _: {"userName": "archive", "password": "Secret-1"},
            note=self.notes.append,
            stop=lambda: None,
            marks=self.marks,
        )
