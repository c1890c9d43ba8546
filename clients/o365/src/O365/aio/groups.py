"""The async classes of `O365.groups`; `make docs` writes them."""

# mypy: disable-error-code="no-any-return, override"
from __future__ import annotations

from typing import TYPE_CHECKING

from O365.aio._twin import Listing, Twin

if TYPE_CHECKING:
    from O365.aio.directory import User


class Groups(Twin):
    """The groups of an organisation."""

    _home = "O365.groups:Groups"

    async def get_group_by_id(self, group_id: str | None = None) -> Group | None:
        """The group with an id. Raises RuntimeError without one."""
        return await self._awaited(self._it.get_group_by_id, group_id)

    async def get_group_by_mail(self, group_mail: str | None = None) -> Group | None:
        """The group with an address. Raises RuntimeError without one, or when there is no such group."""
        return await self._awaited(self._it.get_group_by_mail, group_mail)

    def get_user_groups(
        self, user_id: str | None = None, limit: int | None = None, batch: int | None = None
    ) -> Listing[Group]:
        """What a user is a member of, roles too: a list, or a Pagination when there is more than fits into a page."""
        return self._listed(self._it.get_user_groups, user_id, limit, batch)

    def list_groups(self) -> Listing[Group]:
        """All groups."""
        return self._listed(self._it.list_groups)


class Group(Twin):
    """A group."""

    _home = "O365.groups:Group"

    def get_group_members(self, recursive: bool = False) -> Listing[User]:
        """The members. With `recursive` those of the groups within too, each of them once."""
        return self._listed(self._it.get_group_members, recursive)

    def get_group_owners(self) -> Listing[User]:
        """The owners."""
        return self._listed(self._it.get_group_owners)
