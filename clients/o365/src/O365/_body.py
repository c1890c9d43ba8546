"""The body of a message, an event or a task: a text, or HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

    from O365._attributes import Json


def read_body(resource: Any, told: Any) -> str:
    return (told or {}).get(resource._cc("content")) or ""


def read_body_type(resource: Any, told: Any) -> str:
    return (told or {}).get(resource._cc("contentType")) or "HTML"


def accept_body(_: Any, given: str | None) -> str:
    """What takes the place of the body; None empties it."""
    return given or ""


def write_body(resource: Any, text: str) -> Json:
    return {resource._cc("contentType"): resource.body_type, resource._cc("content"): text}


class BodyMixin:
    """What the body says without HTML. The object has `body` and `body_type`."""

    def get_body_text(self: Any) -> str:
        """The body without HTML."""
        soup = self.get_body_soup()
        text: str = self.body if soup is None else (soup.body or soup).get_text()
        return text

    def get_body_soup(self: Any) -> BeautifulSoup | None:
        """The body for BeautifulSoup; None when it is no HTML."""
        if self.body_type.upper() != "HTML":
            return None
        from bs4 import BeautifulSoup

        return BeautifulSoup(self.body, "html.parser")
