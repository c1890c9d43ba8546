"""The facade of subscriptions: made, listed, renewed, ended by the program that made them."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

from postroom.errors import Invalid, NotFound, PostroomError, Unavailable
from postroom.settings import Graph
from postroom.workspace.clock import Clock
from postroom.workspace.delivery import notifying_rows as rows
from postroom.workspace.delivery.notifying_http import Refused, checked_url
from postroom.workspace.delivery.notifying_rows import Subscription, Target
from postroom.workspace.schema.check import checked
from postroom.workspace.signin.caller import Caller
from postroom.workspace.store.rows import moment
from postroom.workspace.store.store import Store, Unit
from postroom.workspace.workloads.subscriptions import given
from postroom.workspace.workloads.subscriptions.given import READ_ONLY, TYPE

KIND: Final = "subscription"
AT_ONCE: Final = 8
"""Web servers that are asked at once: one that is slow keeps a request waiting."""

Document = dict[str, Any]


class NotValidated(PostroomError):
    """The web server of a subscription did not answer as it must."""

    def __init__(self, field_name: str, reason: str) -> None:
        self.field = field_name
        super().__init__(
            "Subscription validation request failed. Notification endpoint must respond with 200 OK to validation "
            f"request. {field_name}: {reason}."
        )


class TooMany(PostroomError):
    """An app has as many subscriptions as it may have."""


class Asker(Protocol):
    def validate(self, url: str, token: str) -> None:
        """Raises Refused."""


@dataclass
class Subscriptions:
    """`begin` is called when there is a new one. Callers reach those that they made, and no others."""

    store: Store
    settings: Graph
    clock: Clock
    asker: Asker
    begin: Callable[[], None]
    _slots: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))

    def create(
        self,
        caller: Caller,
        values: Mapping[str, Any],
        find: Callable[[Unit], Target],
        *,
        immutable: bool = False,
        push: str = "",
    ) -> Document:
        """`find` gives what is watched. `push`: one of Outlook REST, which is at this URL.

        Raises Invalid, NotFound, TooMany, NotValidated, Unavailable.
        """
        with self.store.read() as unit:
            target = find(unit)
            self._check_number(unit, caller)
        new = given.new(values, target.kind, self.settings, self.clock(), push)
        self._validate({"notificationUrl": new.url, "lifecycleNotificationUrl": new.lifecycle_url})
        with self.store.write() as unit:
            self._check_number(unit, caller)
            made = Subscription(
                str(uuid4()), caller.app_id, caller.user_id or "", target, immutable, new.changes, new.document,
                new.expires_ms, unit.changes.last,
            )  # fmt: skip
            rows.add(unit, made, new.urls)
        self.begin()
        return _shown(made, new.url)

    def list(self, caller: Caller) -> list[Document]:
        with self.store.read() as unit:
            found = rows.of_caller(unit, caller.app_id, caller.user_id or "")
            return [_shown(one, rows.url(unit, one.id)) for one in found]

    def get(self, caller: Caller, subscription_id: str) -> Document:
        with self.store.read() as unit:
            return _shown(_own(unit, caller, subscription_id), rows.url(unit, subscription_id))

    def change(self, caller: Caller, subscription_id: str, values: Mapping[str, Any]) -> Document:
        """Another end, another URL. Raises Invalid for anything else, NotValidated."""
        changed = checked(TYPE, dict(values), read_only=READ_ONLY, partial=True)
        fixed = changed.keys() - {"expirationDateTime", "notificationUrl", "@odata.type"}
        if fixed:
            raise Invalid(min(fixed), "no change: only expirationDateTime and notificationUrl can be changed")
        with self.store.read() as unit:
            one = _own(unit, caller, subscription_id)
        expires_ms = self._new_end(one, changed)
        url = changed.get("notificationUrl")
        if url is not None:
            self._validate({"notificationUrl": checked_url(url, "notificationUrl")})
        with self.store.write() as unit:
            _own(unit, caller, subscription_id)
            if url is not None:
                rows.set_url(unit, subscription_id, url)
            if expires_ms is not None:
                rows.renew(unit, subscription_id, expires_ms)
            return _shown(_own(unit, caller, subscription_id), rows.url(unit, subscription_id))

    def delete(self, caller: Caller, subscription_id: str) -> None:
        """What still waits goes with it."""
        with self.store.write() as unit:
            rows.remove(unit, _own(unit, caller, subscription_id).id)

    def reauthorize(self, caller: Caller, subscription_id: str) -> None:
        """Who made it may still see what it watches: the face has checked the token. Its end stays."""
        with self.store.write() as unit:
            one = _own(unit, caller, subscription_id)
            # Not told again before this end: only another one would change anything.
            rows.set_warned(unit, one.id, warned=True)

    def _new_end(self, one: Subscription, changed: Mapping[str, Any]) -> int | None:
        if "expirationDateTime" not in changed:
            return None
        rich = bool(one.document.get("includeResourceData"))
        return given.end_of(changed["expirationDateTime"], one.target.kind, self.settings, self.clock(), rich=rich)

    def _check_number(self, unit: Unit, caller: Caller) -> None:
        if rows.count(unit, caller.app_id) >= self.settings.subscriptions:
            raise TooMany(f"An app may have {self.settings.subscriptions} subscriptions.")

    def _validate(self, urls: Mapping[str, str | None]) -> None:
        """Ask each URL. No unit is open: it may take long.

        Without TLS only where notifications may stay inside, which is for tests: what is told is nobody else's affair.
        """
        for name, url in urls.items():
            if url and not self.settings.webhooks_inside and urlsplit(url).scheme.lower() != "https":
                raise Invalid(name, "an https URL: http is taken with graph.webhooks_inside only, for tests")
        if not self._slots.acquire(blocking=False):
            raise Unavailable("Too many web servers are being validated just now.")
        try:
            for name, url in _distinct(urls.items()):
                token = f"Validation: Testing client application reachability {secrets.token_urlsafe(24)}"
                try:
                    self.asker.validate(url, token)
                except Refused as refusal:
                    raise NotValidated(name, str(refusal)) from refusal
        finally:
            self._slots.release()


def _distinct(urls: Iterable[tuple[str, str | None]]) -> list[tuple[str, str]]:
    """One that is given twice is asked once."""
    by_url = {url: name for name, url in reversed([*urls]) if url}
    return [(name, url) for url, name in reversed(by_url.items())]


def _own(unit: Unit, caller: Caller, subscription_id: str) -> Subscription:
    one = rows.find(unit, subscription_id)
    if one is None or (one.app, one.user) != (caller.app_id, caller.user_id or ""):
        raise NotFound(KIND, subscription_id)
    return one


def _shown(one: Subscription, url: str) -> Document:
    """All properties, those that were not given as null. The certificate is for us alone."""
    shown: Document = dict.fromkeys(found.name for found in TYPE.properties.values())
    kept = {name: value for name, value in one.document.items() if not name.startswith("_")}
    return shown | kept | {
        "id": one.id,
        "applicationId": one.app,
        "creatorId": one.user or one.app,
        "notificationUrl": url,
        "expirationDateTime": moment(one.expires_ms),
        "encryptionCertificate": None,
    }  # fmt: skip
