"""Tables that break no address: what does not fit the terminal is shown record by record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

SHORT: Final = 20
"""Words up to here are not broken either; longer ones, such as paths and hashes, may be."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Columns whose title ends in > stand to the right. On a narrow terminal each row becomes lines of its own."""

    titles: tuple[str, ...]
    rows: tuple[tuple[Text, ...], ...]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        columns = [
            [Text(title.rstrip(">")), *(row[place] for row in self.rows)] for place, title in enumerate(self.titles)
        ]
        least = [max(_least(cell) for cell in column) for column in columns]
        natural = [max(_width(cell) for cell in column) for column in columns]
        frame = _frame(console, options, len(columns))
        room = options.max_width - frame
        if not console.is_terminal:
            # Programs read lines, however wide.
            room = max(room, sum(least))
        if room >= sum(least):
            widths = _widths(least, natural, room)
            yield self._table(widths, sum(widths) + frame)
        else:
            yield from self._records()

    def _table(self, widths: Sequence[int], width: int) -> Table:
        made = _empty(width)
        for title, column in zip(self.titles, widths, strict=True):
            right = title.endswith(">")
            made.add_column(title.rstrip(">"), justify="right" if right else "left", overflow="fold", width=column)
        for row in self.rows:
            made.add_row(*row)
        return made

    def _records(self) -> RenderResult:
        """The first cell, and below it the others that say something."""
        longest = max(len(title) for title in self.titles)
        for first, *others in self.rows:
            yield first
            for title, cell in zip(self.titles[1:], others, strict=True):
                if cell:
                    yield Text.assemble(f"  {title.rstrip('>'):{longest}}  ", cell)


def _empty(width: int | None = None) -> Table:
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, width=width)


def _frame(console: Console, options: ConsoleOptions, columns: int) -> int:
    """What stands between and around the columns."""
    made = _empty()
    for _ in range(columns):
        made.add_column("x")
    return Measurement.get(console, options.update_width(1 << 16), made).maximum - columns


def _width(cell: Text) -> int:
    """Of the longest line."""
    return max((line.cell_len for line in cell.split()), default=0)


def _least(cell: Text) -> int:
    """What a cell needs so that no word of it is broken that should be whole."""
    words = (Text(word) for word in cell.plain.split())
    return max((min(word.cell_len, SHORT) if "@" not in word.plain else word.cell_len for word in words), default=1)


def _widths(least: Sequence[int], natural: Sequence[int], room: int) -> list[int]:
    """Room that is left goes to the columns that need the least of it to be whole."""
    widths, spare = list(least), room - sum(least)
    for place in sorted(range(len(least)), key=lambda place: natural[place] - least[place]):
        more = min(spare, max(0, natural[place] - least[place]))
        widths[place] += more
        spare -= more
    return widths
