"""The async classes of `O365.account`; `make docs` writes them."""

# mypy: disable-error-code="no-any-return, override"
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from O365.aio._hand import AccountBase

if TYPE_CHECKING:
    from O365.aio.batch import Batch
    from O365.aio.calendar import Schedule
    from O365.aio.category import Categories
    from O365.aio.directory import Directory, User
    from O365.aio.drive import Storage
    from O365.aio.groups import Groups
    from O365.aio.mailbox import MailBox
    from O365.aio.message import Message
    from O365.aio.subscriptions import Subscriptions
    from O365.aio.tasks import ToDo


class Account(AccountBase):
    """The way in."""

    _home = "O365.account:Account"

    def address_book(self, *, resource: str | None = None, address_book: str = "personal") -> Any:
        """The contacts of a user, or (`gal`, `directory`) the users of the organisation."""
        return self._given(self._it.address_book, resource=resource, address_book=address_book)

    def batch(self) -> Batch:
        """Calls to be made with few requests."""
        return self._given(self._it.batch)

    def directory(self, resource: str | None = None) -> Directory:
        """The users of the organisation."""
        return self._given(self._it.directory, resource)

    def get_authenticated_usernames(self) -> list[str]:
        """The users whose tokens hold, or can be renewed."""
        return self._given(self._it.get_authenticated_usernames)

    async def get_authorization_url(
        self, requested_scopes: list[str] | None, redirect_uri: str | None = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """The URL of the sign-in page, and the sign-in that began; see Connection. No scopes: those of the account,
        and those of every helper when it has none.
        """
        return await self._awaited(self._it.get_authorization_url, requested_scopes, redirect_uri, **kwargs)

    async def get_current_user_data(self) -> User | None:
        """The user who signed in; None in flows without one."""
        return await self._awaited(self._it.get_current_user_data)

    def groups(self, *, resource: str = "") -> Groups:
        return self._given(self._it.groups, resource=resource)

    def mailbox(self, resource: str | None = None) -> MailBox:
        return self._given(self._it.mailbox, resource)

    def new_message(self, resource: str | None = None) -> Message:
        """A message that is not sent yet."""
        return self._given(self._it.new_message, resource)

    def outlook_categories(self, *, resource: str = "") -> Categories:
        return self._given(self._it.outlook_categories, resource=resource)

    def planner(self, *, resource: str = "") -> Any:
        return self._given(self._it.planner, resource=resource)

    async def request_token(
        self,
        authorization_url: str | None,
        *,
        flow: dict[str, Any] | str | None = None,
        requested_scopes: list[str] | None = None,
        store_token: bool = True,
        **kwargs: Any,
    ) -> bool:
        """Get tokens; see Connection. An app gets what its administrator consented to: its only scope is `.default`."""
        return await self._awaited(
            self._it.request_token,
            authorization_url,
            flow=flow,
            requested_scopes=requested_scopes,
            store_token=store_token,
            **kwargs,
        )

    def schedule(self, *, resource: str | None = None) -> Schedule:
        """The calendars."""
        return self._given(self._it.schedule, resource=resource)

    def sharepoint(self, *, resource: str = "") -> Any:
        return self._given(self._it.sharepoint, resource=resource)

    def storage(self, *, resource: str | None = None) -> Storage:
        """The drives."""
        return self._given(self._it.storage, resource=resource)

    def subscriptions(self, *, resource: str = "") -> Subscriptions:
        return self._given(self._it.subscriptions, resource=resource)

    def tasks(self, *, resource: str = "") -> ToDo:
        """The lists of Microsoft To Do."""
        return self._given(self._it.tasks, resource=resource)

    def teams(self, *, resource: str = "") -> Any:
        return self._given(self._it.teams, resource=resource)
