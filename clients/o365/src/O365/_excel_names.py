"""Names in a workbook."""

from __future__ import annotations

from typing import Any, ClassVar

from O365._attributes import Attribute, maybe_flag, maybe_text, plain, text
from O365._excel_part import Part
from O365._excel_range import Range
from O365._urls import segment


class NamedRange(Part):
    """A name for some cells or a formula."""

    _endpoints: ClassVar[dict[str, str]] = {"get_range": "/range"}
    range_constructor = Range

    object_id = maybe_text("name")
    name = text("name")
    comment = text("comment")
    scope = text("scope")
    data_type = text("type")
    value: Attribute[Any] = plain("value", "")
    visible = maybe_flag("visible")

    def _own_place(self, parent: Any) -> str:  # noqa: ARG002
        return f"/names/{segment(self.name)}"

    def __repr__(self) -> str:
        return f"Named Range: {self.name} ({self.value})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, NamedRange):
            return NotImplemented
        return self is other or self.object_id == other.object_id

    __hash__ = None  # type: ignore[assignment] # as of the original

    def get_range(self) -> Range | None:
        """The cells that it names."""
        return self._get_range("get_range")

    def update(self, *, visible: bool | None = None, comment: str | None = None) -> bool:
        """Change whether it is shown, and its comment. Raises ValueError for neither."""
        if visible is None and comment is None:
            raise ValueError('Provide "visible" or "comment" to update.')
        return self._update(visible=visible, comment=comment)
