"""What programs give for a subscription, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from postroom.errors import Invalid
from postroom.settings import Graph
from postroom.workspace.clock import to_ms
from postroom.workspace.delivery.notifying_http import checked_url
from postroom.workspace.query.literals import instant
from postroom.workspace.schema.check import checked
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.workloads.subscriptions.encryption import certificate_of

TYPE: Final = SCHEMA.entity("subscription")
READ_ONLY: Final = ("id", "applicationId", "creatorId", "notificationQueryOptions")
MOST_STATE: Final = 128
MOST_ID: Final = 256
CHANGES: Final[Mapping[str, frozenset[str]]] = {
    "message": frozenset({"created", "updated", "deleted"}),
    "user": frozenset({"updated", "deleted"}),
    "group": frozenset({"updated", "deleted"}),
}
"""Which changes can be asked for, by kind. Source: Microsoft Graph, subscription resource."""
TLS: Final = frozenset({"v1_0", "v1_1", "v1_2", "v1_3"})


@dataclass(frozen=True, slots=True)
class Given:
    """`document` as it is kept: without the end and the URL, which can change."""

    document: dict[str, Any]
    url: str
    lifecycle_url: str | None
    changes: frozenset[str]
    expires_ms: int

    @property
    def urls(self) -> list[str]:
        return [self.url, *([self.lifecycle_url] if self.lifecycle_url else [])]


def new(values: Mapping[str, Any], kind: str, settings: Graph, now: datetime) -> Given:
    """Raises Invalid."""
    document = checked(TYPE, dict(values), read_only=READ_ONLY, partial=True)
    _check_texts(document)
    changes = _changes(document.get("changeType"), kind)
    rich = bool(document.get("includeResourceData"))
    if rich:
        _check_rich(document, kind)
    expires_ms = end_of(document.pop("expirationDateTime", None), kind, settings, now, rich=rich)
    url = checked_url(document.pop("notificationUrl", None), "notificationUrl")
    lifecycle_url = document.get("lifecycleNotificationUrl")
    if lifecycle_url is not None:
        checked_url(lifecycle_url, "lifecycleNotificationUrl")
    return Given(document, url, lifecycle_url, changes, expires_ms)


def end_of(value: object, kind: str, settings: Graph, now: datetime, *, rich: bool) -> int:
    """In milliseconds. Raises Invalid for a time that is over, or later than may be."""
    moment = instant(value) if isinstance(value, str) else None
    minutes = life_minutes(kind, settings, rich=rich)
    # A minute more: clients compute the longest life from clocks of their own.
    if moment is None or not now < moment <= now + timedelta(minutes=minutes + 1):
        raise Invalid("expirationDateTime", f"a time in the next {minutes} minutes, which is the longest life")
    return to_ms(moment)


def life_minutes(kind: str, settings: Graph, *, rich: bool) -> int:
    if kind != "message":
        return settings.subscription_directory_minutes
    return settings.subscription_data_minutes if rich else settings.subscription_mail_minutes


def _changes(value: object, kind: str) -> frozenset[str]:
    words = [word.strip().lower() for word in value.split(",")] if isinstance(value, str) else []
    found = frozenset(words)
    if not found or not found <= CHANGES[kind]:
        raise Invalid("changeType", f"one or more of {', '.join(sorted(CHANGES[kind]))}, with commas between")
    return found


def _check_texts(document: Mapping[str, Any]) -> None:
    for name, most in (("clientState", MOST_STATE), ("encryptionCertificateId", MOST_ID)):
        if len(document.get(name) or "") > most:
            raise Invalid(name, f"at most {most} characters")
    tls = document.get("latestSupportedTlsVersion")
    if tls is not None and tls not in TLS:
        raise Invalid("latestSupportedTlsVersion", f"one of {', '.join(sorted(TLS))}")


def _check_rich(document: Mapping[str, Any], kind: str) -> None:
    if kind != "message":
        raise Invalid("includeResourceData", "false for this resource")
    certificate_of(document.get("encryptionCertificate"))
    if not document.get("encryptionCertificateId"):
        raise Invalid("encryptionCertificateId", "a value, with includeResourceData")
