"""What drives and folders list, and what they find."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from O365._attributes import Resource
from O365._paging import Pagination, conditions, listed
from O365._urls import segment

if TYPE_CHECKING:
    from O365._drive_folder import Folder
    from O365._drive_item import DriveItem

    Items = list[DriveItem] | Pagination[DriveItem]


class Lists(Resource):
    """Lists are those of one page, or a Pagination when there is more. None as limit means all."""

    def _children_url(self) -> str:
        raise NotImplementedError

    def _search_url(self, search_text: str) -> str:
        raise NotImplementedError

    def get_items(
        self, limit: int | None = None, *, query: Any = None, order_by: str | None = None, batch: int | None = None
    ) -> Items:
        """The files and folders within."""
        return self._items(self._children_url(), limit, query, order_by, batch)

    def get_child_folders(
        self, limit: int | None = None, *, query: Any = None, order_by: str | None = None, batch: int | None = None
    ) -> list[Folder] | Pagination[Folder]:
        """The folders within."""
        asked = conditions(query)
        given = asked.get("$filter")
        asked["$filter"] = f"({given}) and folder ne null" if given else "folder ne null"
        found: Any = self._items(self._children_url(), limit, None, order_by, batch, asked)
        return found  # type: ignore[no-any-return] # the filter leaves folders

    def search(
        self,
        search_text: str,
        limit: int | None = None,
        *,
        query: Any = None,
        order_by: str | None = None,
        batch: int | None = None,
    ) -> Items:
        """The files and folders anywhere below whose name or content has the text. It cannot be filtered further.

        Raises ValueError without a text.
        """
        if not isinstance(search_text, str) or not search_text:
            raise ValueError("Provide a valid search_text")
        asked = conditions(query)
        if asked.pop("$filter", None) is not None:
            warnings.warn("A search cannot be filtered: the filters of the query are left out.", stacklevel=2)
        sought = segment(search_text.replace("'", "''")).replace("/", "%2F")
        return self._items(self._search_url(sought), limit, None, order_by, batch, asked)

    def _items(
        self,
        url: str,
        limit: int | None,
        query: Any,
        order_by: str | None,
        batch: int | None,
        params: dict[str, Any] | None = None,
    ) -> Items:
        from O365._drive_folder import item_class

        found: Items | None = listed(
            self,
            url,
            constructor=item_class,
            limit=limit,
            query=query,
            order_by=order_by,
            batch=batch,
            params=params,
        )
        return [] if found is None else found
