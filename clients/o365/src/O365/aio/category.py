"""The async classes of `O365.category`; `make docs` writes them."""

# mypy: disable-error-code="no-any-return, override"
from __future__ import annotations

from typing import TYPE_CHECKING

from O365.aio._twin import Listing, Twin

if TYPE_CHECKING:
    from O365.category import CategoryColor


class Categories(Twin):
    """The list of categories of a user."""

    _home = "O365.category:Categories"

    async def create_category(self, name: str, color: CategoryColor | str | None = "auto") -> Category | None:
        """A new category. With `auto` its colour is one that no other has yet. Raises ValueError for no colour."""
        return await self._awaited(self._it.create_category, name, color)

    def get_categories(self) -> Listing[Category]:
        """All categories."""
        return self._listed(self._it.get_categories)

    async def get_category(self, category_id: str) -> Category | None:
        """The category with an id."""
        return await self._awaited(self._it.get_category, category_id)


class Category(Twin):
    """A category."""

    _home = "O365.category:Category"

    async def delete(self) -> bool:
        """Remove it from the list; what is in the category keeps its name."""
        return await self._awaited(self._it.delete)

    async def update_color(self, color: CategoryColor | str | None) -> bool:
        """Give it another colour, or none. Raises ValueError for what is no colour."""
        return await self._awaited(self._it.update_color, color)
