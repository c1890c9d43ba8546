"""What a request prefers: the header `Prefer`, in one list or in several headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_PREFERENCE = re.compile(r'\s*([\w.\-]+)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^,;]*))?\s*([,;]|$)')
_PAIRS: Final = frozenset({"return", "idtype", "odata.maxpagesize", "maxpagesize", "outlook.timezone",
                           "outlook.body-content-type", "outlook.allow-unsafe-html"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Prefer:
    """`representation` is None when nothing was said. `applied` goes into `Preference-Applied`."""

    timezone: str | None = None
    body_type: str | None = None
    """`text` or `html`."""
    page_size: int | None = None
    immutable_ids: bool = False
    representation: bool | None = None
    unsafe_html: bool = False
    others: frozenset[str] = frozenset()
    """Further preferences as they stood, in lower case."""
    applied: tuple[str, ...] = ()


NO_PREFERENCE: Final = Prefer()


def parse(header: str) -> Prefer:
    """Of several preferences of one name the first counts. What cannot be read is no preference."""
    if not header:
        return NO_PREFERENCE
    given: dict[str, tuple[str, str]] = {}
    for name, value, text in _read(header):
        given.setdefault(name, (value, text))
    return _of({name: value for name, (value, _) in given.items()}, given)


def _read(header: str) -> Iterator[tuple[str, str, str]]:
    at = 0
    while at < len(header):
        found = _PREFERENCE.match(header, at)
        if found is None:
            # Up to the next comma it is something else.
            at = header.find(",", at) + 1 or len(header)
            continue
        value = (found[2] or "").strip()
        if value.startswith('"'):
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        yield found[1].lower(), value, found[0].strip(" ,;")
        at = found.end()


def _of(values: dict[str, str], given: dict[str, tuple[str, str]]) -> Prefer:
    body_type = values.get("outlook.body-content-type", "").lower()
    wanted = values.get("return", "").lower()
    size = values.get("odata.maxpagesize", values.get("maxpagesize", ""))
    return Prefer(
        timezone=values.get("outlook.timezone") or None,
        body_type=body_type if body_type in ("text", "html") else None,
        page_size=int(size) if size.isascii() and size.isdigit() and 0 < len(size) < 7 and int(size) else None,
        immutable_ids=values.get("idtype", "").lower() == "immutableid",
        representation={"representation": True, "minimal": False}.get(wanted),
        unsafe_html="outlook.allow-unsafe-html" in values,
        others=frozenset(text.lower() for name, (_, text) in given.items() if name not in _PAIRS),
        applied=tuple(text for name, (_, text) in given.items() if name in _PAIRS),
    )
