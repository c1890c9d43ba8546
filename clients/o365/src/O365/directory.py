"""The directory of an organisation, and its users."""

from __future__ import annotations

from typing import Any, ClassVar

from O365._component import ApiComponent
from O365._names import ME_RESOURCE as ME_RESOURCE
from O365._names import NEXT_LINK_KEYWORD as NEXT_LINK_KEYWORD
from O365._names import USERS_RESOURCE as USERS_RESOURCE
from O365._paging import Pagination as Pagination
from O365._paging import conditions, listed
from O365._photo import PhotoMixin
from O365._urls import segment
from O365._user_fields import UserFields
from O365.message import Message as Message
from O365.message import RecipientType as RecipientType


class User(PhotoMixin, UserFields):
    """A user. One that was found in the directory is the resource of what is done with it."""

    _endpoints: ClassVar[dict[str, str]] = {"photo": "/photo/$value", "photo_size": "/photos/{size}/$value"}
    message_constructor = Message

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, con=con, **kwargs)
        if self.main_resource == USERS_RESOURCE and self.object_id:
            self.set_base_url(f"{USERS_RESOURCE}/{self.object_id}")

    def __repr__(self) -> str:
        return self.display_name or self.full_name or "Unknown Name"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, User):
            return NotImplemented
        return self is other or (self.object_id is not None and self.object_id == other.object_id)

    def __hash__(self) -> int:
        return hash(self.object_id)

    @property
    def full_name(self) -> str:
        """Given name and surname."""
        return f"{self.given_name} {self.surname}".strip()

    def new_message(
        self, recipient: str | None = None, *, recipient_type: RecipientType = RecipientType.TO
    ) -> Message | None:
        """A draft to the user, or to another address; None when there is none."""
        address = recipient or self.mail
        if not address:
            return None
        message = self.message_constructor(parent=self, is_draft=True)
        getattr(message, RecipientType(recipient_type).value).add(address)
        return message


class Directory(ApiComponent):
    """The users of an organisation, or with the resource `me` the one who is signed in."""

    _endpoints: ClassVar[dict[str, str]] = {"get_user": "/{email}", "invitation": "invitations"}
    user_constructor = User

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        self._adopt(parent, con, kwargs)

    def __repr__(self) -> str:
        return "Active Directory"

    def get_users(
        self, limit: int | None = 100, *, query: Any = None, order_by: str | None = None, batch: int | None = None
    ) -> list[User] | Pagination[User]:
        """The users: a list, or a Pagination when there are more than fit into a page. None as limit means all."""
        return self._listed(self._users_url(""), limit, query, order_by, batch)

    def get_user(self, user: str, query: Any = None) -> User | None:
        """The user with an id or an address."""
        return self._found(self._users_url(f"/{segment(user)}"), query)

    def get_current_user(self, query: Any = None) -> User | None:
        """The user who is signed in. Raises ValueError unless the resource is `me`."""
        if self.main_resource != ME_RESOURCE:
            raise ValueError(f"Can't get the current user. The main resource must be set to '{ME_RESOURCE}'")
        response = self.con.get(self.build_url(""), params=conditions(query))
        return self.user_constructor(parent=self, **{self._cloud_data_key: response.json()}) if response else None

    def get_user_manager(self, user: str, query: Any = None) -> User | None:
        """The one whom a user reports to."""
        return self._found(self._users_url(f"/{segment(user)}/manager"), query)

    def get_user_direct_reports(
        self,
        user: str,
        limit: int | None = 100,
        *,
        query: Any = None,
        order_by: str | None = None,
        batch: int | None = None,
    ) -> list[User] | Pagination[User]:
        """Those who report to a user: a list, or a Pagination when there are more than fit into a page."""
        return self._listed(self._users_url(f"/{segment(user)}/directReports"), limit, query, order_by, batch)

    def invite_user(self, email: str, redirect_url: str, **kwargs: Any) -> dict[str, Any]:
        """Invite somebody from elsewhere; the keywords go into the request. The answer has `inviteRedeemUrl`."""
        data = {**kwargs, self._cc("invitedUserEmailAddress"): email, self._cc("inviteRedirectUrl"): redirect_url}
        response = self.con.post(f"{self.protocol.service_url}{self._endpoints['invitation']}", data=data)
        invited: dict[str, Any] = response.json()
        return invited

    def _resource(self) -> str:
        """The users of the organisation are not below `me`."""
        return USERS_RESOURCE if self.main_resource == ME_RESOURCE else self.main_resource

    def _users_url(self, endpoint: str) -> str:
        return f"{self.build_base_url(self._resource())}{endpoint}"

    def _listed(
        self, url: str, limit: int | None, query: Any, order_by: str | None, batch: int | None
    ) -> list[User] | Pagination[User]:
        found: list[User] | Pagination[User] | None = listed(
            self,
            url,
            constructor=self.user_constructor,
            limit=limit,
            query=query,
            order_by=order_by,
            batch=batch,
            main_resource=self._resource(),
        )
        return Pagination(parent=self) if found is None else found

    def _found(self, url: str, query: Any) -> User | None:
        response = self.con.get(url, params=conditions(query))
        if not response:
            return None
        told = {self._cloud_data_key: response.json()}
        return self.user_constructor(parent=self, main_resource=self._resource(), **told)
