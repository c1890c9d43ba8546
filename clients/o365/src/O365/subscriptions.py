"""Subscriptions: have the service tell a program's web server what has changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from O365._component import ApiComponent
from O365._dates import aware
from O365._flows.paging import page_of
from O365._names import NEXT_LINK_KEYWORD as NEXT_LINK_KEYWORD
from O365._paging import Pagination
from O365._urls import segment

_UTC = ZoneInfo("UTC")
_MINUTES = 60
"""How long a subscription lives when nothing is said."""


class Subscriptions(ApiComponent):
    """The subscriptions of a program. They are the JSON of the service: dictionaries."""

    _endpoints: ClassVar[dict[str, str]] = {"subscriptions": "/subscriptions"}

    def __init__(self, *, parent: Any = None, con: Any = None, **kwargs: Any) -> None:
        self._adopt(parent, con, kwargs)

    def get_subscription(
        self, subscription_id: str, *, params: Mapping[str, object] | None = None, **request_kwargs: Any
    ) -> dict[str, Any] | None:
        """The subscription with an id."""
        return _told(self.con.get(self._url(subscription_id), params=params, **request_kwargs))

    def create_subscription(
        self,
        notification_url: str,
        resource: str | None = None,
        change_type: str | Iterable[str] = "created",
        *,
        expiration_datetime: dt.datetime | None = None,
        expiration_minutes: int | None = None,
        client_state: str | None = None,
        include_resource_data: bool | None = None,
        encryption_certificate: str | None = None,
        encryption_certificate_id: str | None = None,
        lifecycle_notification_url: str | None = None,
        latest_supported_tls_version: str | None = None,
        additional_data: Mapping[str, object] | None = None,
        **request_kwargs: Any,
    ) -> dict[str, Any] | None:
        """Have changes of a resource (`me/messages`; by default the one of this object) posted to a URL.

        It ends at a time, or after minutes, by default an hour. `client_state` comes back with each notification.
        Raises ValueError for what cannot be.
        """
        if not notification_url:
            raise ValueError("notification_url must be provided.")
        expiration = self._expiration(expiration_datetime, expiration_minutes)
        data: dict[str, Any] = {
            "changeType": _change_type(change_type),
            "notificationUrl": notification_url,
            "resource": _absolute(resource or self.main_resource),
            "expirationDateTime": expiration or self._expiration(None, _MINUTES),
            "clientState": client_state,
            "includeResourceData": include_resource_data,
            "encryptionCertificate": encryption_certificate,
            "encryptionCertificateId": encryption_certificate_id,
            "lifecycleNotificationUrl": lifecycle_notification_url,
            "latestSupportedTlsVersion": latest_supported_tls_version,
        }
        cased = {self._cc(key): value for key, value in data.items() if value is not None}
        return _told(self.con.post(self._url(), data={**cased, **(additional_data or {})}, **request_kwargs))

    def list_subscriptions(
        self, *, limit: int | None = None, **request_kwargs: Any
    ) -> list[dict[str, Any]] | Pagination[dict[str, Any]]:
        """The subscriptions: a list, or a Pagination when there are more pages. Raises ValueError for no limit."""
        if limit is not None and limit <= 0:
            raise ValueError("limit must be a positive integer.")
        response = self.con.get(self._url(), **request_kwargs)
        if not response:
            return []
        page = page_of(response.json())
        if page.next_link and (limit is None or len(page.rows) < limit):
            return Pagination(parent=self, data=page.rows, next_link=page.next_link, limit=limit)
        return page.rows[:limit]

    def renew_subscription(
        self,
        subscription_id: str,
        *,
        expiration_datetime: dt.datetime | None = None,
        expiration_minutes: int | None = None,
        **request_kwargs: Any,
    ) -> dict[str, Any] | None:
        """Have it live until a time, or for minutes from now, by default an hour."""
        expiration = self._expiration(expiration_datetime, expiration_minutes) or self._expiration(None, _MINUTES)
        return self._changed(subscription_id, {"expirationDateTime": expiration}, request_kwargs)

    def update_subscription(
        self,
        subscription_id: str,
        *,
        notification_url: str | None = None,
        expiration_datetime: dt.datetime | None = None,
        expiration_minutes: int | None = None,
        **request_kwargs: Any,
    ) -> dict[str, Any] | None:
        """Change where the notifications go, or when they end. Raises ValueError when nothing is to be changed."""
        expiration = self._expiration(expiration_datetime, expiration_minutes)
        changes = {"expirationDateTime": expiration, "notificationUrl": notification_url}
        if not any(changes.values()):
            raise ValueError("At least one of expiration or notification_url must be provided.")
        return self._changed(subscription_id, changes, request_kwargs)

    def delete_subscription(self, subscription_id: str, **request_kwargs: Any) -> bool:
        """End it."""
        return bool(self.con.delete(self._url(subscription_id), **request_kwargs))

    def _changed(
        self, subscription_id: str, changes: Mapping[str, Any], request_kwargs: dict[str, Any]
    ) -> dict[str, Any] | None:
        data = {self._cc(key): value for key, value in changes.items() if value is not None}
        return _told(self.con.patch(self._url(subscription_id), data=data, **request_kwargs))

    def _url(self, *subscription: str | None) -> str:
        """Subscriptions are those of the program, not of a user. Raises ValueError for an empty id."""
        if not all(subscription):
            raise ValueError("subscription_id must be provided.")
        base = f"{self.protocol.service_url.rstrip('/')}{self._endpoints['subscriptions']}"
        return "/".join([base, *(segment(one) for one in subscription)])

    def _expiration(self, moment: dt.datetime | None, minutes: int | None) -> str | None:
        """The end of a subscription in UTC, None when it is not given."""
        if moment is not None and minutes is not None:
            raise ValueError("Provide either expiration_datetime or expiration_minutes, not both.")
        if minutes is not None:
            if minutes <= 0:
                raise ValueError("expiration_minutes must be a positive integer.")
            moment = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes)
        if moment is None:
            return None
        # A time without a zone is meant in UTC here, unlike elsewhere: programs compute it from utcnow().
        return aware(moment, _UTC).astimezone(_UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _change_type(given: str | Iterable[str]) -> str:
    kinds = given.split(",") if isinstance(given, str) else list(given)
    found = [kind.strip() for kind in kinds if kind.strip()]
    if not found:
        raise ValueError("change_type must contain at least one value.")
    return ",".join(found)


def _absolute(resource: str) -> str:
    return resource if resource.startswith("/") else f"/{resource}"


def _told(response: Any) -> dict[str, Any] | None:
    """The JSON of an answer, None for an error that did not raise."""
    if not response:
        return None
    told: dict[str, Any] = response.json()
    return told
