"""What every source of mail gives, and what it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from postroom.archive.body import Body
from postroom.archive.storage.entries import Envelope

Known: TypeAlias = Callable[[str], bool]
"""Tells whether an arrival with this native id is stored already, so that it need not be read."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message as the source has it.

    `folder` is '/'-separated below the target archive, '' its top, clean as `names.folder` makes it.
    `native_id` is unique within the source and stable over runs.
    `received_ms` is UTC milliseconds: the From_ line's date or the file's time; None when unknown.
    `cursor` is JSON text to continue after this arrival; None leaves the last cursor as it is.
    `archives`: where it goes when that depends on the message; () = where the import says.
    `folders`: by archive, where that is not `folder`. `envelopes`: by archive, of journaled mail.
    """

    folder: str
    native_id: str
    body: Body
    received_ms: int | None
    cursor: str | None = None
    archives: tuple[str, ...] = ()
    folders: Mapping[str, str] = field(default_factory=dict)
    envelopes: Mapping[str, Envelope] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the source that did not arrive; `reason` is a plain phrase. The source goes on after it."""

    folder: str
    native_id: str
    reason: str


Item: TypeAlias = Arrival | Problem


class Source(Protocol):
    """Somewhere mail comes from. One `arrivals` at a time; `progress` may be asked from another thread."""

    @property
    def name(self) -> str:
        """Identity, stable over runs: `maildir:/abs/path`."""

    def arrivals(self, cursor: str | None, known: Known) -> Iterator[Item]:
        """Everything that is new since `cursor`, in a stable order.

        Items whose native id is known are left out where that saves reading them. Problems come in their place
        in the order, so that nothing is lost silently. Raises NoSpace.
        """

    def progress(self) -> tuple[int, int]:
        """Bytes done and in total; total 0 means unknown."""
