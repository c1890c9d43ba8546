"""Following next links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from O365._flows.steps import Flow, Request
from O365._names import NEXT_LINK_KEYWORD


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and where the next ones are."""

    rows: list[Any]
    next_link: str | None


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
        page = page_of(read(response))
        if page.rows:
            return page
        link = page.next_link
    return EMPTY


def read(response: Any) -> Any:
    """The JSON of an answer, as its `json` reads it; that of requests by msgspec, in two thirds of the time."""
    if type(response).__module__ != "requests.models":
        return response.json()
    from msgspec import DecodeError
    from msgspec.json import decode

    try:
        return decode(response.content)
    except DecodeError:
        return response.json()  # which knows other charsets too, and says what is wrong


def page_of(data: dict[str, Any]) -> Page:
    return Page(list(data.get("value") or ()), data.get(NEXT_LINK_KEYWORD) or None)
