"""Groups of an organisation, and who is in them."""

from __future__ import annotations

from typing import Any, ClassVar

from O365._attributes import Resource, maybe_text, text
from O365._component import ApiComponent
from O365._listing import everything
from O365._names import NEXT_LINK_KEYWORD as NEXT_LINK_KEYWORD
from O365._names import USERS_RESOURCE
from O365._paging import Pagination as Pagination
from O365._paging import listed
from O365._urls import segment
from O365._words import escaped
from O365.directory import User as User

_GROUP_TYPE = "group"


class Group(Resource):
    """A group."""

    _endpoints: ClassVar[dict[str, str]] = {
        "get_group_owners": "/groups/{group_id}/owners",
        "get_group_members": "/groups/{group_id}/members",
    }
    member_constructor = User

    _eager = True

    object_id = maybe_text("id")
    type = maybe_text("@odata.type")
    display_name = text("displayName")
    description = text("description")
    mail = text("mail")
    mail_nickname = text("mailNickname")
    visibility = text("visibility")

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, con=con, **{**kwargs, "main_resource": ""})

    def __repr__(self) -> str:
        return f"Group: {self.display_name}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Group):
            return NotImplemented
        return self is other or (self.object_id is not None and self.object_id == other.object_id)

    def __hash__(self) -> int:
        return hash(self.object_id)

    def get_group_members(self, recursive: bool = False) -> list[User]:
        """The members. With `recursive` those of the groups within too, each of them once."""
        members = self._people("get_group_members", self.object_id)
        if not recursive:
            return members
        found: dict[str | None, User] = {}
        self._gather(members, found, {self.object_id})
        return list(found.values())

    def get_group_owners(self) -> list[User]:
        """The owners."""
        return self._people("get_group_owners", self.object_id)

    def _gather(self, members: list[User], found: dict[str | None, User], seen: set[str | None]) -> None:
        """Note the members, and look into the groups among them that were not seen: groups may contain each other."""
        for member in members:
            found.setdefault(member.object_id, member)
            if _is_group(member) and member.object_id not in seen:
                seen.add(member.object_id)
                self._gather(self._people("get_group_members", member.object_id), found, seen)

    def _people(self, endpoint: str, group_id: str | None) -> list[User]:
        response = self.con.get(self.build_url(self._endpoints[endpoint].format(group_id=segment(group_id))))
        if not response:
            return []
        return everything(self, response, self.member_constructor, main_resource=USERS_RESOURCE)


class Groups(ApiComponent):
    """The groups of an organisation."""

    _endpoints: ClassVar[dict[str, str]] = {
        "get_user_groups": "/users/{user_id}/memberOf",
        "get_group_by_id": "/groups/{group_id}",
        "get_group_by_mail": '/groups/?$search="mail:{group_mail}"&$count=true',
        "list_groups": "/groups",
    }
    group_constructor = Group

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        self._adopt(parent, con, {**kwargs, "main_resource": ""})

    def __repr__(self) -> str:
        return "Microsoft O365 Group parent class"

    def get_group_by_id(self, group_id: str | None = None) -> Group | None:
        """The group with an id. Raises RuntimeError without one."""
        if not group_id:
            raise RuntimeError("Provide the group_id")
        response = self.con.get(self.build_url(self._endpoints["get_group_by_id"].format(group_id=segment(group_id))))
        return self._made(response.json()) if response else None

    def get_group_by_mail(self, group_mail: str | None = None) -> Group | None:
        """The group with an address. Raises RuntimeError without one, or when there is no such group."""
        if not group_mail:
            raise RuntimeError("Provide the group mail")
        # $search finds words anywhere in the address: what is not the very address comes last.
        sought = segment(escaped(group_mail)).replace("&", "%26").replace("+", "%2B")
        url = self.build_url(self._endpoints["get_group_by_mail"].format(group_mail=sought))
        response = self.con.get(url, headers={"ConsistencyLevel": "eventual"})
        if not response:
            return None
        found = [self._made(row) for row in response.json().get("value") or ()]
        if not found:
            raise RuntimeError("Not found group with provided filters")
        return next((group for group in found if str(group.mail).lower() == group_mail.lower()), found[0])

    def get_user_groups(
        self, user_id: str | None = None, limit: int | None = None, batch: int | None = None
    ) -> list[Group] | Pagination[Group] | None:
        """What a user is a member of, roles too: a list, or a Pagination when there is more than fits into a page.

        Raises RuntimeError without a user.
        """
        if not user_id:
            raise RuntimeError("Provide the user_id")
        url = self.build_url(self._endpoints["get_user_groups"].format(user_id=segment(user_id)))
        found: list[Group] | Pagination[Group] | None = listed(
            self, url, constructor=self.group_constructor, limit=limit, batch=batch
        )
        return found

    def list_groups(self) -> list[Group] | None:
        """All groups."""
        response = self.con.get(self.build_url(self._endpoints["list_groups"]))
        return everything(self, response, self.group_constructor) if response else None

    def _made(self, told: dict[str, Any]) -> Group:
        return self.group_constructor(parent=self, **{self._cloud_data_key: told})


def _is_group(member: User) -> bool:
    return str(member.type).rpartition(".")[2].lower() == _GROUP_TYPE
