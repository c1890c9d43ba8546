"""Who is at the console: sessions, who may come in, and what lies between the password and the code."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import math
import secrets
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from postroom.archive.archive import Archive
from postroom.archive.instance.identifiers import name_key
from postroom.archive.instance.instance import Instance
from postroom.archive.instance.privileges import Account
from postroom.archive.instance.sessions import digest
from postroom.console.ask import CLIENT, Ask
from postroom.errors import Denied, NotFound
from postroom.web.backoff import BackOff

Rooms: TypeAlias = Callable[[str], AbstractContextManager[Archive]]
"""Lends the archive of an instance; '' is that of this server itself. Raises NotFound, WrongState, Unavailable."""

PENDING_S: Final = 300
CODE: Final = "code"


class TooOften(Denied):
    """Too many failed logins. Try again later."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"Too many failed logins. Try again in {seconds} seconds.")


@dataclass(frozen=True, slots=True)
class Desk:
    """What all visits share. `key` signs what a browser is given between the password and the code."""

    rooms: Rooms
    back_off: BackOff
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    clock: Callable[[], float] = time.time


@dataclass(frozen=True, slots=True)
class Visit:
    """One request at one instance."""

    desk: Desk
    ask: Ask
    archive: Archive

    @property
    def instance(self) -> Instance:
        return self.archive.instance

    def account(self) -> Account | None:
        """Who is signed in, and still may be. None when nobody is."""
        name = self.instance.sessions.user(self.ask.session) if self.ask.session else None
        if name is None:
            return None
        account = self.instance.users.account(name)
        self.check(account)
        self.ask.user = account.name
        return account

    def need(self) -> Account:
        """Raises Denied when nobody is signed in."""
        account = self.account()
        if account is None:
            raise Denied("You are not signed in any more. Sign in again.")
        return account

    def check(self, account: Account) -> None:
        """That this user may come in by this door. Raises Denied."""
        if account.default_password and not self.ask.local:
            raise Denied(
                f"Change the password of {account.name} first: with the default one only localhost is answered."
            )
        if not account.may_login(CLIENT):
            raise Denied(f"The user {account.name} may not sign in to the console.")

    # Guessing

    def check_back_off(self, name: str, what: str = "") -> None:
        """Raises TooOften. `what`: CODE for codes, which are counted by themselves."""
        delay_s = math.ceil(self.desk.back_off.delay_s(self._guesser(name, what), self.ask.address))
        if delay_s:
            raise TooOften(delay_s)

    def failed(self, name: str, what: str = "") -> None:
        self.desk.back_off.failed(self._guesser(name, what), self.ask.address)

    def succeeded(self, name: str) -> None:
        """All was right that was asked."""
        for what in ("", CODE):
            self.desk.back_off.succeeded(self._guesser(name, what), self.ask.address)

    def _guesser(self, name: str, what: str) -> str:
        """Under what failures are counted. Users of the same name in two instances are two: who signs in to one must
        not get free tries at the other. An app password that opens the API gives none at the code."""
        place = f"$instance {digest(str(self.archive.directory)).hex()} " if self.ask.instance else ""
        return f"{place}{f'${what} ' if what else ''}{name_key(name)}"

    # Between the password and the code

    def pending(self, name: str) -> str:
        """Proof for a short while that this user's password was given here."""
        told = [self.ask.instance, name, self.ask.address, round(self.desk.clock()) + PENDING_S]
        raw = json.dumps(told).encode()
        return base64.urlsafe_b64encode(self._mac(raw) + raw).decode()

    def pending_user(self, text: str) -> str:
        """Whose password was given. Raises Denied for what is no such proof, or is too old."""
        try:
            raw = base64.b64decode(text, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise _too_late() from error
        mac, told = raw[:32], raw[32:]
        if not hmac.compare_digest(mac, self._mac(told)):
            raise _too_late()
        instance, name, address, until = json.loads(told)
        if (instance, address) != (self.ask.instance, self.ask.address) or self.desk.clock() >= until:
            raise _too_late()
        return str(name)

    def _mac(self, raw: bytes) -> bytes:
        return hmac.digest(self.desk.key, raw, "sha256")


def _too_late() -> Denied:
    return Denied("That took too long. Sign in again.")


def rooms_of(archive: Archive | None, others: Rooms | None = None) -> Rooms:
    """The archive of this server itself, if it has one, and those that `others` lends by name."""

    def rooms(instance: str) -> AbstractContextManager[Archive]:
        if instance and others is not None:
            return others(instance)
        if instance or archive is None:
            raise NotFound("instance", instance[:100])
        return _Lent(archive)

    return rooms


@dataclass(frozen=True, slots=True)
class _Lent(AbstractContextManager[Archive]):
    """An archive that somebody else closes."""

    archive: Archive

    def __enter__(self) -> Archive:
        return self.archive

    def __exit__(self, *_: object) -> None:
        pass
