"""The async classes of `O365.subscriptions`; `make docs` writes them."""

# mypy: disable-error-code="no-any-return, override"
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from O365.aio._twin import Listing, Twin

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping


class Subscriptions(Twin):
    """The subscriptions of a program. They are the JSON of the service: dictionaries."""

    _home = "O365.subscriptions:Subscriptions"

    async def create_subscription(
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
        """Have changes of a resource (`me/messages`; by default the one of this object) posted to a URL."""
        return await self._awaited(
            self._it.create_subscription,
            notification_url,
            resource,
            change_type,
            expiration_datetime=expiration_datetime,
            expiration_minutes=expiration_minutes,
            client_state=client_state,
            include_resource_data=include_resource_data,
            encryption_certificate=encryption_certificate,
            encryption_certificate_id=encryption_certificate_id,
            lifecycle_notification_url=lifecycle_notification_url,
            latest_supported_tls_version=latest_supported_tls_version,
            additional_data=additional_data,
            **request_kwargs,
        )

    async def delete_subscription(self, subscription_id: str, **request_kwargs: Any) -> bool:
        """End it."""
        return await self._awaited(self._it.delete_subscription, subscription_id, **request_kwargs)

    async def get_subscription(
        self, subscription_id: str, *, params: Mapping[str, object] | None = None, **request_kwargs: Any
    ) -> dict[str, Any] | None:
        """The subscription with an id."""
        return await self._awaited(self._it.get_subscription, subscription_id, params=params, **request_kwargs)

    def list_subscriptions(self, *, limit: int | None = None, **request_kwargs: Any) -> Listing[dict[str, Any]]:
        """The subscriptions: a list, or a Pagination when there are more pages. Raises ValueError for no limit."""
        return self._listed(self._it.list_subscriptions, limit=limit, **request_kwargs)

    async def renew_subscription(
        self,
        subscription_id: str,
        *,
        expiration_datetime: dt.datetime | None = None,
        expiration_minutes: int | None = None,
        **request_kwargs: Any,
    ) -> dict[str, Any] | None:
        """Have it live until a time, or for minutes from now, by default an hour."""
        return await self._awaited(
            self._it.renew_subscription,
            subscription_id,
            expiration_datetime=expiration_datetime,
            expiration_minutes=expiration_minutes,
            **request_kwargs,
        )

    async def update_subscription(
        self,
        subscription_id: str,
        *,
        notification_url: str | None = None,
        expiration_datetime: dt.datetime | None = None,
        expiration_minutes: int | None = None,
        **request_kwargs: Any,
    ) -> dict[str, Any] | None:
        """Change where the notifications go, or when they end. Raises ValueError when nothing is to be changed."""
        return await self._awaited(
            self._it.update_subscription,
            subscription_id,
            notification_url=notification_url,
            expiration_datetime=expiration_datetime,
            expiration_minutes=expiration_minutes,
            **request_kwargs,
        )
