"""One row of the table of routes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from typing import Literal as OneOf

Family = OneOf["outlook", "directory", "files", "core"]
"""Whose codes its errors have."""
Takes = OneOf["none", "json", "message", "mime", "bytes", "upload", "stream"]
"""What a body may be: none; JSON; JSON that may have attachments in it; JSON or `text/plain`
(MIME in base64); any content; any content as large as a range of an upload; any content, which is a file when the
handler gets it."""
By = OneOf["anybody", "self", "owner", "admin"]
"""Which user may use a route with a token that suffices: each; who is named by `{U}`; an owner of `{group}`; an
administrator of the tenant, who may use the others too."""

ANYBODY: Final = ("*",)
"""Any token will do."""
USER: Final = "{U}"
"""Stands for `/me` and `/users/{user}`; the mailbox is found before the handler is called."""
DRIVE: Final = "{D}"
"""Stands for all that a drive is reached by."""
ITEM: Final = "{I}"
"""Stands for all that an item of a drive is reached by."""
BASES: Final[dict[str, tuple[str, ...]]] = {
    DRIVE: (
        "me/drive",
        "users/{user}/drive",
        "drives/{drive}",
        "groups/{group}/drive",
        "me/drives/{drive}",
        "users/{user}/drives/{drive}",
        "groups/{group}/drives/{drive}",
    ),
    ITEM: (
        "{D}/root",
        "{D}/items/{item}",
        "{D}/special/{special}",
        "shares/{share}/driveItem",
        "shares/{share}/root",
        "{I}/{:path}",
        "{I}/children/{child}",
    ),
}
"""What stands for these, by segments; the keys in it are `Found.place`. Whoever has more drives adds to it."""

# What the options of a collection are, unless a route says otherwise.
LIST: Final = frozenset({"filter", "search", "orderby", "select", "expand", "top", "skip", "count", "skiptoken"})
ENTITY: Final = frozenset({"select", "expand"})
DELTA: Final = frozenset({"filter", "orderby", "select", "expand", "top", "skiptoken", "deltatoken"})
PLAIN: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path, and what is known about them.

    `path` is a template: names count without their case, `{folder}` is a key, `{:file}` a path behind a colon,
    `{*steps}` all that is left (`Call.tail`). A
    handler gets the keys in their order. Arguments of functions are no part of it: `supportedTimeZones` has them in
    `Call.arguments`. It may begin with one of `BASES`, whose keys are no part of it either.

    `returns` is the type of the answer: `message`, `[message]`, `raw`, or nothing. `status` is what a success answers.
    `delegated` and `application` name scopes of which one suffices; with none of them such tokens are refused. `open`
    needs no token at all: its URL is a secret.
    `anyone`: a delegated token may name other users than its own; in the directory it may, but not with the scopes in
    `own`, which are for the user's own `{U}` only.
    `by`: a scope says what the app may do; who of its users may is said here. Of an app without a user nothing more is
    asked.
    """

    key: str
    method: str
    path: str
    returns: str = ""
    status: int = 200
    delegated: tuple[str, ...] = ()
    application: tuple[str, ...] = ()
    options: frozenset[str] = PLAIN
    family: Family = "outlook"
    takes: Takes = "none"
    open: bool = False
    anyone: bool = False
    own: frozenset[str] = PLAIN
    by: By = "anybody"
    o365: bool = False
    """Whether python-o365 makes this call."""
    context: str = ""
    """What stands behind `$metadata#`, where it does not follow from the path."""
    doc: str = ""
    source: str = ""

    @property
    def many(self) -> bool:
        return self.returns.startswith("[")

    @property
    def type(self) -> str:
        """The type of the answer or of its elements; empty for raw ones and none."""
        return "" if self.returns == "raw" else self.returns.strip("[]")

    @property
    def templates(self) -> Iterator[tuple[str, ...]]:
        """The segments of each path."""
        bases = ("me", "users/{user}") if self.path.startswith(USER) else ("",)
        for base in bases:
            yield tuple(segment for segment in (base + self.path.removeprefix(USER)).split("/") if segment)

    @property
    def places(self) -> tuple[str, ...]:
        """Names of the keys in their order, without the user of `{U}` and what stands for a base."""
        path = self.path.removeprefix(USER).removeprefix(self.base)
        return tuple(segment.strip("{:}") for segment in path.split("/") if segment[:1] == "{" and segment[:2] != "{*")

    @property
    def base(self) -> str:
        """That of `BASES` with which the path begins, empty for others."""
        return next((base for base in BASES if self.path.startswith(base)), "")
