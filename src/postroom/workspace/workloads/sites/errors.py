"""What whoever asks for items of a list can meet besides."""

from __future__ import annotations

from postroom.errors import Invalid


class NotIndexed(Invalid):
    """A filter or an order by a column that SharePoint would have to look for in every item."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"fields/{name}",
            "an indexed column in a filter or an order, or the header Prefer: "
            "HonorNonIndexedQueriesWarningMayFailRandomly",
        )
