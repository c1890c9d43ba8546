"""The query options of one request, parsed."""

from __future__ import annotations

from dataclasses import dataclass

from postroom.workspace.query.tree import Node, Path


@dataclass(frozen=True, slots=True)
class Order:
    path: Path
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Expand:
    """`attachments($select=name;$top=5)`: a navigation property with options of its own.

    `levels` is how often it is followed; None is `$levels=max`.
    """

    path: Path
    options: Options
    levels: int | None = 1


@dataclass(frozen=True, slots=True)
class Options:
    """`select` empty is the default set. `top` None is the default page. `cursor` is `$skiptoken`, opaque.

    `page_size` is `Prefer: odata.maxpagesize`. `search` is the text as it came: lists differ in how they read it.
    """

    filter: Node | None = None
    search: str | None = None
    orderby: tuple[Order, ...] = ()
    select: tuple[Path, ...] = ()
    expand: tuple[Expand, ...] = ()
    top: int | None = None
    skip: int = 0
    cursor: str | None = None
    count: bool = False
    delta: str | None = None
    page_size: int | None = None


NONE = Options()
