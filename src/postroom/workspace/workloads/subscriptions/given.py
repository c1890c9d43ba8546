"""What programs give for a subscription, checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from postroom.errors import Invalid
from postroom.settings import Graph
from postroom.workspace.clock import to_ms
from postroom.workspace.delivery.notifying_http import checked_url
from postroom.workspace.delivery.notifying_push import MISSED, PUSH, words
from postroom.workspace.query.literals import instant
from postroom.workspace.schema.check import checked
from postroom.workspace.schema.types import SCHEMA
from postroom.workspace.store.rows import moment
from postroom.workspace.workloads.subscriptions.encryption import certificate_of

TYPE: Final = SCHEMA.entity("subscription")
READ_ONLY: Final = ("id", "applicationId", "creatorId", "notificationQueryOptions")
MOST_STATE: Final = 128
MOST_ID: Final = 256
CHANGES: Final[Mapping[str, frozenset[str]]] = {
    **{kind: frozenset({"created", "updated", "deleted"}) for kind in ("message", "event", "contact", "todoTask")},
    "user": frozenset({"updated", "deleted"}),
    "group": frozenset({"updated", "deleted"}),
    "list": frozenset({"updated"}),
}
"""Which changes can be asked for, by kind. Source: Microsoft Graph, subscription resource."""
OUTLOOK: Final = frozenset({"message", "event", "contact", "todoTask"})
"""Kinds that live in mailboxes: their subscriptions end sooner than those of the directory."""
PUSHED: Final = frozenset({"message", "event", "contact"})
"""Kinds that can be sent along, and those that Outlook REST tells of."""
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


def new(values: Mapping[str, Any], kind: str, settings: Graph, now: datetime, push: str = "") -> Given:
    """`push` is where Outlook REST is, for subscriptions of it. Raises Invalid."""
    document = checked(TYPE, dict(values), read_only=READ_ONLY, partial=True)
    _check_texts(document)
    if push:
        document = _pushed(document, kind, push, settings, now)
    changes = _changes(document.get("changeType"), kind, {MISSED} if push else frozenset())
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
    end = instant(value) if isinstance(value, str) else None
    minutes = life_minutes(kind, settings, rich=rich)
    # A minute more: clients compute the longest life from clocks of their own.
    if end is None or not now < end <= now + timedelta(minutes=minutes + 1):
        raise Invalid("expirationDateTime", f"a time in the next {minutes} minutes, which is the longest life")
    return to_ms(end)


def life_minutes(kind: str, settings: Graph, *, rich: bool) -> int:
    if kind not in OUTLOOK:
        return settings.subscription_directory_minutes
    return settings.subscription_data_minutes if rich else settings.subscription_mail_minutes


def _pushed(document: dict[str, Any], kind: str, push: str, settings: Graph, now: datetime) -> dict[str, Any]:
    """One of Outlook REST: of mail, without data, and its end need not be said."""
    if kind not in PUSHED:
        raise Invalid("resource", "messages, events or contacts, of a folder or of the whole mailbox")
    for name in ("includeResourceData", "lifecycleNotificationUrl"):
        if document.get(name):
            raise Invalid(name, "none for a push subscription")
    state = document.get("clientState") or ""
    if not (state.isascii() and state.isprintable()):
        raise Invalid("clientState", "what a header may have")
    longest = now + timedelta(minutes=life_minutes(kind, settings, rich=False))
    return {"expirationDateTime": moment(to_ms(longest)), **document, PUSH: push}


def _changes(value: object, kind: str, besides: Collection[str] = frozenset()) -> frozenset[str]:
    """`besides` may stand there and are no changes."""
    found = words(value) - frozenset(besides) if isinstance(value, str) else frozenset()
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
    if kind not in PUSHED:
        raise Invalid("includeResourceData", "false for this resource")
    certificate_of(document.get("encryptionCertificate"))
    if not document.get("encryptionCertificateId"):
        raise Invalid("encryptionCertificateId", "a value, with includeResourceData")
