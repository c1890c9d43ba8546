"""What every object of the API has in common: a protocol, a resource whose URLs it builds, a connection."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

from O365 import _dates
from O365._names import GROUPS_RESOURCE, ME_RESOURCE, SITES_RESOURCE, USERS_RESOURCE

if TYPE_CHECKING:
    from O365._protocol import Protocol
    from O365._query_any import AnyQuery

_PREFIXES = {"user": USERS_RESOURCE, "group": GROUPS_RESOURCE, "site": SITES_RESOURCE}


class ApiComponent:
    """The base of all objects that talk to an API, and of those that programs add.

    Subclasses set `con` themselves, as `_adopt` does, and call `self.con.get(self.build_url(...))`.
    """

    _cloud_data_key = "__cloud_data__"
    _endpoints: ClassVar[dict[str, str]] = {}
    con: Any
    """A Connection, or whatever else has get, post, put, patch, delete and naive_request with the same arguments."""

    def __init__(
        self,
        *,
        protocol: Protocol | type[Protocol] | None = None,
        main_resource: str | None = None,
        **kwargs: Any,  # noqa: ARG002 - subclasses hand on all they were given
    ) -> None:
        if protocol is None:
            raise ValueError("Protocol not provided to Api Component")
        self.protocol: Protocol = protocol() if isinstance(protocol, type) else protocol
        self.set_base_url(self.protocol.default_resource if main_resource is None else main_resource)
        super().__init__()

    def __repr__(self) -> str:
        return f"Api Component on resource: {self.main_resource}"

    def build_base_url(self, resource: str) -> str:
        """The URL of a resource, without a slash at its end."""
        return _base_of(self.protocol.service_url, resource)

    def set_base_url(self, resource: str) -> None:
        """Work on another resource from now on."""
        self.main_resource = _path_of(resource)
        self._base_url = self.build_base_url(resource)

    def build_url(self, endpoint: str) -> str:
        """The URL of an endpoint (`/messages`) of the resource."""
        return f"{self._base_url}{endpoint}"

    def new_query(self, attribute: str | None = None) -> AnyQuery:
        """A query: a factory of conditions, and a fluent query on `attribute` for those who prefer chains."""
        from O365._query_any import AnyQuery

        return AnyQuery(attribute, protocol=self.protocol)

    q = new_query

    # What follows is for subclasses.

    def _adopt(self, parent: Any, con: Any, kwargs: Mapping[str, Any]) -> None:
        """Take connection, protocol and resource from the parent, or from `con` and the keywords.

        Raises ValueError when both are given, or no protocol.
        """
        if parent is not None and con is not None:
            raise ValueError("Need a parent or a connection but not both")
        self.con = con if parent is None else parent.con
        resource = kwargs.get("main_resource")
        if resource is None and parent is not None:
            resource = getattr(parent, "main_resource", None)
        protocol = kwargs.get("protocol") if parent is None else parent.protocol
        ApiComponent.__init__(self, protocol=protocol, main_resource=resource)

    def _adopt_all(self, parent: Any) -> None:
        """Take protocol and URLs as the parent has them: what is a part of it and makes no requests."""
        self.protocol, self.main_resource, self._base_url = parent.protocol, parent.main_resource, parent._base_url

    def _cc(self, key: str) -> str:
        """A name as the API writes it."""
        return self.protocol.convert_case(key)

    def _gk(self, keyword: str) -> str | None:
        """The word that the API has for a thing."""
        return self.protocol.get_service_keyword(keyword)

    def _instant(self, text: str | None) -> dt.datetime | None:
        """A plain ISO text as a time in the protocol's zone."""
        return _dates.parse_instant(text, self.protocol.timezone) if text else None

    def _parse_date_time_time_zone(
        self, date_time_time_zone: Mapping[str, Any] | str | None, is_all_day: bool = False
    ) -> dt.datetime | None:
        """A `{dateTime, timeZone}` pair as a time in the protocol's zone."""
        return _dates.parse_zoned(date_time_time_zone, self.protocol.timezone, is_all_day=is_all_day)

    def _build_date_time_time_zone(self, date_time: dt.datetime) -> dict[str, str]:
        """A time as a `{dateTime, timeZone}` pair."""
        built = _dates.build_zoned(date_time, self.protocol.timezone)
        return {self._cc("dateTime"): built["dateTime"], self._cc("timeZone"): built["timeZone"]}


@lru_cache(maxsize=1024)
def _base_of(service_url: str, resource: str) -> str:
    return f"{service_url}{_path_of(resource)}".rstrip("/")


@lru_cache(maxsize=1024)
def _path_of(resource: str | None) -> str:
    """`a@b.com`, `user:x`, `group:x` and `site:x` as paths of the API; what else there is stays as it is."""
    if not resource or resource in {ME_RESOURCE, USERS_RESOURCE, GROUPS_RESOURCE, SITES_RESOURCE}:
        return resource or ""
    kind, colon, name = resource.partition(":")
    if colon and "/" not in kind:
        return f"{_PREFIXES[kind]}/{name}" if kind in _PREFIXES else resource
    if "@" in resource.split("/", 1)[0]:
        return f"{USERS_RESOURCE}/{resource}"
    return resource
