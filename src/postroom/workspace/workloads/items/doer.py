"""Who does something to what others see too: a user through an app, or an app by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from postroom.errors import Denied, NotFound

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Doer:
    """`user` is None for an app by itself. `admin`: an administrator of the tenant, who reaches every group.

    `host` is the name of this server, with its port, by which it was called: URLs of what is shown have it.
    """

    app: str
    user: str | None = None
    name: str = ""
    admin: bool = False
    host: str = ""

    @property
    def identity(self) -> Document:
        """As `createdBy` and the like show it (`identitySet`)."""
        app = {"id": self.app, "displayName": None}
        if self.user is None:
            return {"application": app}
        return {"user": {"id": self.user, "displayName": self.name or None}, "application": app}


class Groups(Protocol):
    """What workloads ask the directory about groups, which own plans, sites and drives."""

    def group(self, group_id: str) -> Document:
        """All properties. Raises NotFound."""

    def all(self) -> list[Document]: ...

    def is_in(self, group_id: str, user_id: str) -> bool:
        """Whether somebody is a member, by way of other groups too, or an owner."""

    def of(self, user_id: str) -> list[str]:
        """Ids of the groups that somebody is in, as `is_in` means it."""


def check_in(groups: Groups, group_id: str, doer: Doer) -> None:
    """Raises NotFound for a group that there is not; Denied for who is not in it."""
    groups.group(group_id)
    if doer.user is not None and not doer.admin and not groups.is_in(group_id, doer.user):
        raise Denied("Only members of the group may do this.")


def sees_group(groups: Groups, group_id: str, doer: Doer) -> bool:
    """Whether what a group owns is there for somebody."""
    try:
        check_in(groups, group_id, doer)
    except (NotFound, Denied):
        return False
    return True
