"""Sharing what lies in a drive: permissions, links, invitations."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from O365._attributes import Attribute, Json, Resource, maybe_text, plain
from O365._component import ApiComponent
from O365._dates import aware, utc_text
from O365._listing import everything
from O365._urls import segment

ROLES = {"view": "read", "read": "read", "edit": "write", "write": "write", "owner": "owner"}


def _of(key: str, name: str) -> Attribute[Any]:
    return Attribute(key, lambda _, told: (told or {}).get(name))


def _who(told: Json | None) -> str | None:
    """The name of an identity set."""
    for kind in ("user", "group", "siteUser", "siteGroup", "application"):
        if found := (told or {}).get(kind):
            name: str | None = found.get("displayName") or found.get("email")
            return name
    return None


def _granted_to(permission: DriveItemPermission, told: Json | None) -> str | None:
    """Newer answers have `grantedToV2`; links for certain people have a list, of whom this is the first."""
    several = permission._told("grantedToIdentitiesV2") or permission._told("grantedToIdentities") or [None]
    return _who(told) or _who(permission._told("grantedToV2")) or _who(several[0])


class DriveItemPermission(Resource):
    """Who may do what with an item: its owner, who has a link, who was invited."""

    _endpoints: ClassVar[dict[str, str]] = {"permission": "/items/{driveitem_id}/permissions/{id}"}

    object_id = maybe_text("id")
    roles: Attribute[list[str]] = Attribute("roles", lambda _, told: told or [])
    share_id = maybe_text("shareId")
    inherited_from: Attribute[Json | None] = plain("inheritedFrom")
    share_type = _of("link", "type")
    share_scope = _of("link", "scope")
    share_link = _of("link", "webUrl")
    share_email = _of("invitation", "email")
    require_sign_in = _of("invitation", "signInRequired")
    invited_by: Attribute[str | None] = Attribute("invitation", lambda _, told: _who((told or {}).get("invitedBy")))
    granted_to: Attribute[str | None] = Attribute("grantedTo", _granted_to)

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        super().__init__(parent=parent, con=con, **kwargs)
        self._parent: Any = parent if isinstance(parent, Sharing) else None
        self.driveitem_id: str | None = self._parent._place_id() if self._parent is not None else None

    @property
    def permission_type(self) -> str:
        """`link`, `invitation` or `owner`."""
        kinds = (kind for kind in ("link", "invitation") if self._told(kind))
        return next(kinds, "owner")

    def __repr__(self) -> str:
        name = self._parent.name if self._parent is not None else "?"
        return f"Permission for {name} of type: {self.permission_type}"

    def update_roles(self, roles: str = "view") -> bool:
        """Allow to `view` or to `edit`. Raises ValueError for another role."""
        if not self.object_id:
            return False
        data = {self._cc("roles"): [role(roles)]}
        response = self.con.patch(self._url(), data=data)
        if not response:
            return False
        self.roles = response.json().get(self._cc("roles")) or data[self._cc("roles")]
        return True

    def delete(self) -> bool:
        """Take it away."""
        if not self.object_id or not self.con.delete(self._url()):
            return False
        self.object_id = None
        return True

    def _url(self) -> str:
        ids = {"driveitem_id": segment(self.driveitem_id), "id": segment(self.object_id)}
        return self.build_url(self._endpoints["permission"].format(**ids))


class Sharing(ApiComponent):
    """The part of an item that is about who may see it."""

    if TYPE_CHECKING:
        object_id: Any

        def _url(self, endpoint: str, **others: str) -> str: ...
        def _told(self, key: str) -> Any: ...

    def get_permissions(self) -> list[DriveItemPermission] | None:
        """All permissions, those too that its folders have. None when the service refuses."""
        response = self.con.get(self._url("permissions"))
        return everything(self, response, DriveItemPermission) if response else None

    def share_with_link(
        self,
        share_type: str = "view",
        share_scope: str = "anonymous",
        share_password: str | None = None,
        share_expiration_date: str | dt.date | None = None,
    ) -> DriveItemPermission | None:
        """A link to `view`, `edit` or `embed` it, for whoever has it (`anonymous`), the `organization` or `users`.

        The expiration is an ISO date, or a date or time of Python.
        """
        if not self.object_id:
            return None
        until = share_expiration_date
        if isinstance(until, dt.date):
            until = utc_text(aware(until, self.protocol.timezone))
        data = {"type": share_type, "scope": share_scope}
        others = {"password": share_password, "expirationDateTime": until}
        data |= {key: value for key, value in others.items() if value is not None}
        response = self.con.post(self._url("share_link"), data={self._cc(key): value for key, value in data.items()})
        return self._permission(response.json()) if response else None

    def share_with_invite(
        self,
        recipients: Any,
        require_sign_in: bool = True,
        send_email: bool = True,
        message: str | None = None,
        share_type: str = "view",
    ) -> DriveItemPermission | None:
        """Invite one or several people, by address or as contacts, to `view` or `edit` it.

        The permission of the first of them; `get_permissions` has those of all. Raises ValueError.
        """
        if not self.object_id:
            return None
        data: Json = {
            "recipients": [{self._cc("email"): address} for address in addresses(recipients)],
            "requireSignIn": require_sign_in,
            "sendInvitation": send_email,
            "roles": [role(share_type)],
        }
        if message:
            data["message"] = message
        response = self.con.post(self._url("share_invite"), data={self._cc(key): value for key, value in data.items()})
        granted = response.json().get("value") if response else None
        return self._permission(granted[0]) if granted else None

    def _permission(self, told: Json) -> DriveItemPermission:
        return DriveItemPermission(parent=self, **{self._cloud_data_key: told})

    def _place_id(self) -> str | None:
        """The id in the URLs: of something in another drive, its id there."""
        found: str | None = (self._told("remoteItem") or {}).get("id") or self.object_id
        return found


def role(share_type: str) -> str:
    """The role of the service. Raises ValueError."""
    found = ROLES.get(share_type) if isinstance(share_type, str) else None
    if found is None:
        raise ValueError(f"expected 'view' or 'edit', not {share_type!r}")
    return found


def addresses(recipients: Any) -> list[str]:
    """The addresses of strings, recipients and contacts, one or many. Raises ValueError for others."""
    several = recipients if isinstance(recipients, list | tuple | set | frozenset) else [recipients]
    found = [one if isinstance(one, str) else _address(one) for one in several]
    if not found or not all(found):
        raise ValueError("All the recipients must be either strings or Contacts")
    return [str(address) for address in found]


def _address(one: Any) -> str | None:
    address = getattr(one, "main_email", None) or getattr(one, "address", None)
    return address if isinstance(address, str) else None
