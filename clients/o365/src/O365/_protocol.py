"""Protocols: where an API lies, how it writes names, which scopes belong to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from O365._dates import name_of
from O365._names import DEFAULT_SCOPES, GRAPH_API_VERSION, ME_RESOURCE, OLD_HELPERS, RESERVED_SCOPES
from O365.utils.casing import to_camel_case, to_pascal_case, to_snake_case

GRAPH_URL = "https://graph.microsoft.com/"
OUTLOOK_URL = "https://outlook.office.com/"
BUSINESS_CENTRAL_URL = "https://api.businesscentral.dynamics.com/"
NATIONAL_CLOUDS = frozenset(
    {"graph.microsoft.us", "dod-graph.microsoft.us", "microsoftgraph.chinacloudapi.cn", "graph.microsoft.de"}
)
"""Graphs whose tokens are made for their own name; other hosts are stand-ins for graph.microsoft.com."""


class Protocol:
    """How to talk to one API.

    `base_url` (a keyword) is the service URL with its version, `https://localhost:8443/v1.0/`, for servers other than
    the public one.
    """

    _protocol_url = "not_defined"
    _oauth_scope_prefix = ""
    _oauth_scopes: dict[str, list[str]] = DEFAULT_SCOPES

    def __init__(
        self,
        *,
        protocol_url: str | None = None,
        api_version: str | None = None,
        default_resource: str | None = None,
        casing_function: Callable[[str], str] | None = None,
        protocol_scope_prefix: str | None = None,
        timezone: str | ZoneInfo | None = None,
        **kwargs: Any,
    ) -> None:
        base_url = kwargs.get("base_url")
        if not base_url and (protocol_url is None or api_version is None):
            raise ValueError("A protocol needs protocol_url and api_version, or base_url.")
        self.protocol_url = protocol_url or ""
        self.api_version = api_version or ""
        self.protocol_scope_prefix = protocol_scope_prefix or ""
        self.service_url = _folder(base_url) if base_url else f"{self.protocol_url}{self.api_version}/"
        self.default_resource = ME_RESOURCE if default_resource is None else default_resource
        self.use_default_casing = casing_function is None
        self.casing_function = casing_function or to_camel_case
        self.max_top_value = 500
        self.keyword_data_store: dict[str, str] = {}
        self._timezone: ZoneInfo | None = None
        if timezone is not None:
            self.timezone = timezone

    @property
    def timezone(self) -> ZoneInfo:
        """The zone that times are read in and naive times are meant in; by default the local one."""
        if self._timezone is None:
            self._timezone = _local_zone()
        return self._timezone

    @timezone.setter
    def timezone(self, timezone: str | ZoneInfo) -> None:
        self._set_timezone(timezone)

    def _set_timezone(self, timezone: str | ZoneInfo) -> None:
        """Overridden where a header follows from the zone; properties are awkward to override."""
        if isinstance(timezone, str):
            timezone = ZoneInfo(timezone)
        if not isinstance(timezone, ZoneInfo):
            raise ValueError(f"timezone: expected a name or a ZoneInfo, not {timezone!r}")  # noqa: TRY004 - documented
        self._timezone = timezone

    def get_service_keyword(self, keyword: str) -> str | None:
        """The word that this API has for a thing, such as `message_type`."""
        return self.keyword_data_store.get(keyword)

    def convert_case(self, key: str) -> str:
        """A name as this API writes it."""
        return key if self.use_default_casing else self.casing_function(key)

    @staticmethod
    def to_api_case(key: str) -> str:
        """A name as Python writes it."""
        return to_snake_case(key)

    def get_scopes_for(self, user_provided_scopes: list[str] | str | tuple[str, ...] | None) -> list[str]:
        """Helpers (`message_all`) replaced by their scopes, all with this API's prefix; None means every helper."""
        if user_provided_scopes is None:
            user_provided_scopes = list(self._oauth_scopes)
        elif isinstance(user_provided_scopes, str):
            user_provided_scopes = [user_provided_scopes]
        if not isinstance(user_provided_scopes, list | tuple):
            raise ValueError(f"scopes: expected names, not {user_provided_scopes!r}")  # noqa: TRY004 - documented
        # The order of first mention: the same request every time.
        return list(dict.fromkeys(self.prefix_scope(scope) for scope in self._expanded(user_provided_scopes)))

    def prefix_scope(self, scope: str) -> str:
        """A scope with this API's prefix, unless it has it already or is one of OpenID Connect (offline_access)."""
        prefix = self.protocol_scope_prefix
        if not prefix or scope in RESERVED_SCOPES or scope.startswith(prefix):
            return scope
        return f"{prefix}{scope}"

    def _expanded(self, scopes: Iterable[str]) -> Iterable[str]:
        for scope in scopes:
            helper = scope.replace(" ", "_")
            yield from self._oauth_scopes.get(helper) or OLD_HELPERS.get(helper) or [scope]


class _Worded(Protocol):
    """What Microsoft's protocols have in common: a page limit, words for types, and a time zone header."""

    _types = "microsoft.graph."
    _words = ("message", "eventMessage", "fileAttachment", "itemAttachment", "event", "contact")

    def _learn(self) -> None:
        message, event_message, file, item, event, contact = (f"{self._types}{word}" for word in self._words)
        self.max_top_value = 999
        self.keyword_data_store.update(
            message_type=message,
            event_message_type=event_message,
            file_attachment_type=f"#{file}",
            item_attachment_type=f"#{item}",
            event_type=event,
            contact_type=contact,
        )

    def get_service_keyword(self, keyword: str) -> str | None:
        if keyword == "prefer_timezone_header" and keyword not in self.keyword_data_store:
            return _prefer(self.timezone)
        return super().get_service_keyword(keyword)

    def _set_timezone(self, timezone: str | ZoneInfo) -> None:
        super()._set_timezone(timezone)
        self.keyword_data_store["prefer_timezone_header"] = _prefer(self.timezone)


class MSGraphProtocol(_Worded):
    """Microsoft Graph."""

    _protocol_url = GRAPH_URL
    _oauth_scope_prefix = GRAPH_URL

    def __init__(
        self, api_version: str = GRAPH_API_VERSION, default_resource: str | None = None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("protocol_scope_prefix", _scope_prefix(self._oauth_scope_prefix, kwargs.get("base_url")))
        kwargs.setdefault("casing_function", to_camel_case)
        kwargs.setdefault("protocol_url", self._protocol_url)
        super().__init__(api_version=api_version, default_resource=default_resource, **kwargs)
        self._learn()


class MSOffice365Protocol(_Worded):
    """Outlook REST v2.0, the API of Office 365 before Graph. Microsoft has switched it off; Postroom answers it."""

    _protocol_url = f"{OUTLOOK_URL}api/"
    _oauth_scope_prefix = OUTLOOK_URL
    _types = "Microsoft.OutlookServices."
    _words = ("Message", "EventMessage", "FileAttachment", "ItemAttachment", "Event", "Contact")

    def __init__(self, api_version: str = "v2.0", default_resource: str | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("protocol_scope_prefix", self._oauth_scope_prefix)
        kwargs.setdefault("casing_function", to_pascal_case)
        kwargs.setdefault("protocol_url", self._protocol_url)
        super().__init__(api_version=api_version, default_resource=default_resource, **kwargs)
        self._learn()


class MSBusinessCentral365Protocol(_Worded):
    """Dynamics 365 Business Central."""

    _protocol_url = f"{BUSINESS_CENTRAL_URL}v1.0/api/"
    _oauth_scope_prefix = BUSINESS_CENTRAL_URL

    def __init__(
        self,
        api_version: str = GRAPH_API_VERSION,
        default_resource: str | None = None,
        environment: str | None = None,
        **kwargs: Any,
    ) -> None:
        url = f"{BUSINESS_CENTRAL_URL}v2.0/{environment}/api/" if environment else self._protocol_url
        kwargs.setdefault("protocol_scope_prefix", self._oauth_scope_prefix)
        kwargs.setdefault("casing_function", to_camel_case)
        kwargs.setdefault("protocol_url", url)
        super().__init__(api_version=api_version, default_resource=default_resource, **kwargs)
        self._learn()


def _folder(url: str) -> str:
    return url if url.endswith("/") else f"{url}/"


def _scope_prefix(default: str, base_url: str | None) -> str:
    parts = urlsplit(base_url or "")
    return f"{parts.scheme}://{parts.netloc}/" if parts.hostname in NATIONAL_CLOUDS else default


def _prefer(zone: ZoneInfo) -> str:
    return f'outlook.timezone="{name_of(zone)}"'


def _local_zone() -> ZoneInfo:
    from tzlocal import get_localzone

    return get_localzone()
