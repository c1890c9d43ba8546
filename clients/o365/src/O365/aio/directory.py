"""The async classes of `O365.directory`; `make docs` writes them."""

# mypy: disable-error-code="no-any-return, override"
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from O365.aio._twin import Listing, Twin
from O365.message import RecipientType

if TYPE_CHECKING:
    from O365.aio.message import Message


class Directory(Twin):
    """The users of an organisation, or with the resource `me` the one who is signed in."""

    _home = "O365.directory:Directory"

    async def get_current_user(self, query: Any = None) -> User | None:
        """The user who is signed in. Raises ValueError unless the resource is `me`."""
        return await self._awaited(self._it.get_current_user, query)

    async def get_user(self, user: str, query: Any = None) -> User | None:
        """The user with an id or an address."""
        return await self._awaited(self._it.get_user, user, query)

    def get_user_direct_reports(
        self,
        user: str,
        limit: int | None = 100,
        *,
        query: Any = None,
        order_by: str | None = None,
        batch: int | None = None,
    ) -> Listing[User]:
        """Those who report to a user: a list, or a Pagination when there are more than fit into a page."""
        return self._listed(self._it.get_user_direct_reports, user, limit, query=query, order_by=order_by, batch=batch)

    async def get_user_manager(self, user: str, query: Any = None) -> User | None:
        """The one whom a user reports to."""
        return await self._awaited(self._it.get_user_manager, user, query)

    def get_users(
        self, limit: int | None = 100, *, query: Any = None, order_by: str | None = None, batch: int | None = None
    ) -> Listing[User]:
        """The users: a list, or a Pagination when there are more than fit into a page. None as limit means all."""
        return self._listed(self._it.get_users, limit, query=query, order_by=order_by, batch=batch)

    async def invite_user(self, email: str, redirect_url: str, **kwargs: Any) -> dict[str, Any]:
        """Invite somebody from elsewhere; the keywords go into the request. The answer has `inviteRedeemUrl`."""
        return await self._awaited(self._it.invite_user, email, redirect_url, **kwargs)


class User(Twin):
    """A user. One that was found in the directory is the resource of what is done with it."""

    _home = "O365.directory:User"

    async def get_profile_photo(self, size: str | int | None = None) -> bytes | None:
        """The picture, None when there is none. `size` is the side of a square in pixels: 48 or "48x48"."""
        return await self._awaited(self._it.get_profile_photo, size)

    def new_message(
        self, recipient: str | None = None, *, recipient_type: RecipientType = RecipientType.TO
    ) -> Message | None:
        """A draft to the user, or to another address; None when there is none."""
        return self._given(self._it.new_message, recipient, recipient_type=recipient_type)

    async def update_profile_photo(self, photo: bytes) -> bool:
        """Set another picture, a JPEG."""
        return await self._awaited(self._it.update_profile_photo, photo)
