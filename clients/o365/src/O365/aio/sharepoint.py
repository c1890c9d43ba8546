"""The async classes of `O365.sharepoint`; `make docs` writes them."""

# mypy: disable-error-code="no-any-return, override"
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from O365.aio._twin import Listing, Twin

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Mapping

    from O365.aio.drive import Drive
    from O365.sharepoint import SharepointListColumn


class Sharepoint(Twin):
    """The sites of an organisation."""

    _home = "O365.sharepoint:Sharepoint"

    async def get_root_site(self) -> Site | None:
        """The site that all others are below."""
        return await self._awaited(self._it.get_root_site)

    async def get_site(self, *args: str) -> Site | None:
        """By id; by host and path (`contoso.sharepoint.com`, `sites/yard`); or by host and its two ids."""
        return await self._awaited(self._it.get_site, *args)

    def search_site(self, keyword: str) -> Listing[Site]:
        """All sites that have a word in their names or descriptions; all there are for `*`."""
        return self._listed(self._it.search_site, keyword)


class SharepointList(Twin):
    """A list of a site."""

    _home = "O365.sharepoint:SharepointList"

    async def build_field_filter(self, expand_fields: Iterable[str] | bool | None) -> str | None:
        """What to expand: all fields for True, those of a list by either name; unknown ones are left out."""
        return await self._awaited(self._it.build_field_filter, expand_fields)

    @property
    def column_name_cw(self) -> Awaitable[dict[str, str]]:
        return self._awaited(lambda: self._it.column_name_cw)

    async def create_list_item(self, new_data: Mapping[str, Any]) -> SharepointListItem | None:
        """A new item, with values by internal names of columns."""
        return await self._awaited(self._it.create_list_item, new_data)

    async def delete_list_item(self, item_id: int | str) -> bool:
        """Remove the item with a number."""
        return await self._awaited(self._it.delete_list_item, item_id)

    async def get_item_by_id(
        self, item_id: int | str, expand_fields: Iterable[str] | bool | None = None
    ) -> SharepointListItem | None:
        """The item with a number."""
        return await self._awaited(self._it.get_item_by_id, item_id, expand_fields)

    def get_items(
        self,
        limit: int | None = None,
        *,
        query: Any = None,
        order_by: str | None = None,
        batch: int | None = None,
        expand_fields: Iterable[str] | bool | None = None,
    ) -> Listing[SharepointListItem]:
        """Items: a list, or a Pagination when there is more than fits into a page. Fields come when they are asked
        for.
        """
        return self._listed(
            self._it.get_items, limit, query=query, order_by=order_by, batch=batch, expand_fields=expand_fields
        )

    async def get_list_columns(self) -> list[SharepointListColumn]:
        """All columns."""
        return await self._awaited(self._it.get_list_columns)


class SharepointListItem(Twin):
    """An item of a list. `fields` are its values by the names of columns."""

    _home = "O365.sharepoint:SharepointListItem"

    async def delete(self) -> bool:
        """Remove it from its list."""
        return await self._awaited(self._it.delete)

    async def save_updates(self) -> bool:
        """Send what `update_fields` has set; whether that worked."""
        return await self._awaited(self._it.save_updates)

    def update_fields(self, updates: Mapping[str, Any]) -> None:
        """Set values by internal names of columns; `save_updates` sends them. Raises ValueError for unknown names."""
        return self._given(self._it.update_fields, updates)


class Site(Twin):
    """A site."""

    _home = "O365.sharepoint:Site"

    async def create_list(self, list_data: Mapping[str, Any]) -> SharepointList | None:
        """A new list, from JSON as Graph has it: `displayName`, `columns`, `list`."""
        return await self._awaited(self._it.create_list, list_data)

    async def get_default_document_library(self, request_drive: bool = False) -> Drive | None:
        """The drive of its first library; nothing is asked unless `request_drive`."""
        return await self._awaited(self._it.get_default_document_library, request_drive)

    async def get_document_library(self, drive_id: str) -> Drive | None:
        """The drive of a library, by its id."""
        return await self._awaited(self._it.get_document_library, drive_id)

    async def get_list_by_name(self, display_name: str) -> Any:
        """The list that is called so; an empty list after an error that did not raise."""
        return await self._awaited(self._it.get_list_by_name, display_name)

    def get_lists(self) -> Listing[SharepointList]:
        """All its lists, libraries too."""
        return self._listed(self._it.get_lists)

    def get_subsites(self) -> Listing[Site]:
        """The sites in it."""
        return self._listed(self._it.get_subsites)

    def list_document_libraries(self) -> Listing[Drive]:
        """The drives of all its libraries."""
        return self._listed(self._it.list_document_libraries)
