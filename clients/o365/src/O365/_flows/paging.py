"""Following next links."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypedDict

from O365._flows.steps import Flow, Request
from O365._names import NEXT_LINK_KEYWORD


def _itself(row: Any) -> Any:
    return row


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and where the next ones are. `told` is what a row says: of what came by HTTP rows are JSON text."""

    rows: list[Any]
    next_link: str | None
    told: Callable[[Any], Any] = _itself


EMPTY = Page([], None)


def next_page(link: str | None) -> Flow[Page]:
    """The next page that has rows: a server may answer an empty page and go on behind it.

    A response that is an error (falsy) ends the list. Raises RuntimeError when the list turns in a circle.
    """
    seen: set[str] = set()
    while link:
        if link in seen:
            raise RuntimeError(f"The server names the same next page again: {link}")
        seen.add(link)
        response = yield Request("get", link)
        if not response:
            return EMPTY
        page = read_page(response)
        if page.rows:
            return page
        link = page.next_link
    return EMPTY


def read_page(response: Any) -> Page:
    """The page that an answer is."""
    if type(response).__module__ != "requests.models":
        return page_of(response.json())
    from msgspec import DecodeError

    decode, told = _decoders()
    try:
        page = page_of(decode(response.content))
    except DecodeError:
        return page_of(response.json())  # which knows other charsets too, and says what is wrong
    return replace(page, told=told)


@cache
def _decoders() -> tuple[Callable[[bytes], dict[str, Any]], Callable[[Any], Any]]:
    """Of a page and of its rows: one by one they take two thirds of the time that they take at once, and little memory.

    Made with the first page: msgspec takes a while to load.
    """
    from msgspec import Raw
    from msgspec.json import Decoder

    kind: Any = TypedDict("kind", {"value": list[Raw] | None, NEXT_LINK_KEYWORD: str | None}, total=False)  # type: ignore[misc]
    page: Any = Decoder(kind)
    return page.decode, Decoder().decode


def page_of(data: dict[str, Any]) -> Page:
    return Page(list(data.get("value") or ()), data.get(NEXT_LINK_KEYWORD) or None)
