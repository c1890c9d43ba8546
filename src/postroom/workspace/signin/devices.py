"""Device codes: signing in to a program without a browser by means of one elsewhere (RFC 8628)."""

from __future__ import annotations

import ipaddress
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from postroom.errors import Unavailable
from postroom.workspace.clock import Clock
from postroom.workspace.signin.database import Database, hashed, new_secret
from postroom.workspace.signin.errors import (
    Declined,
    DeviceExpired,
    DevicePending,
    DeviceTooFast,
    TooManyDevices,
    UnknownDevice,
    WrongUserCode,
)
from postroom.workspace.signin.scopes import Asked

LIFE: Final = timedelta(minutes=15)
INTERVAL_S: Final = 5
EARLY_S: Final = 0.5
"""How much earlier than told a device may ask: clocks and networks are not exact."""
MOST_WAITING: Final = 10_000
"""Of all apps and addresses."""
NETWORK_BITS: Final = 64
"""Of an IPv6 address: what one customer has at least."""
ALPHABET: Final = "BCDFGHJKLMNPQRSTVWXZ23456789"
"""No vowels, so that no words come of it, and nothing that looks like another sign."""
CODE_CHARS: Final = 9


@dataclass(frozen=True, slots=True)
class Started:
    device_code: str
    user_code: str
    expires_in_s: int
    interval_s: int


@dataclass(frozen=True, slots=True)
class Device:
    """A device that waits."""

    user_code: str
    app_id: str
    asked: Asked


@dataclass(frozen=True, slots=True)
class Most:
    """How many may wait at once, for anybody who knows an app's id may start one. 0 is no limit."""

    of_address: int = 50
    of_app: int = 1000


class Devices:
    def __init__(self, database: Database, clock: Clock, most: Most) -> None:
        self._database, self._clock, self._most = database, clock, most

    def start(self, app_id: str, asked: Asked, address: str = "") -> Started:
        """`address` is whose request it is, empty where nobody knows. Raises TooManyDevices, Unavailable."""
        place = _place(address)
        device_code, user_code = new_secret(), "".join(secrets.choice(ALPHABET) for _ in range(CODE_CHARS))
        with self._database.write() as connection:
            self._check_number(connection, app_id, place)
            until_s = self._now_s() + LIFE.total_seconds()
            row = (hashed(device_code), user_code, app_id, asked.to_json(), "waiting", 0.0, int(until_s), place)
            connection.execute("INSERT INTO device VALUES (?, ?, ?, ?, ?, NULL, ?, ?, ?)", row)
        return Started(device_code, user_code, int(LIFE.total_seconds()), INTERVAL_S)

    def _check_number(self, connection: sqlite3.Connection, app_id: str, place: str) -> None:
        of_all, of_app, of_place = connection.execute(
            "SELECT count(*), total(app = ?), total(address = ?) FROM device WHERE expires_s > ? AND state = 'waiting'",
            (app_id, place, self._now_s()),
        ).fetchone()
        if of_all >= MOST_WAITING:
            raise Unavailable("Too many devices wait for somebody to sign in. Try again later.")
        if place and 0 < self._most.of_address <= of_place:
            raise TooManyDevices("of this address")
        if 0 < self._most.of_app <= of_app:
            raise TooManyDevices("of this application")

    def find(self, user_code: str) -> Device:
        """The device that shows this code. Raises WrongUserCode."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT user_code, app, asked FROM device WHERE user_code = ? AND state = 'waiting' AND expires_s > ?",
                (_plain(user_code), self._now_s()),
            ).fetchone()
        if row is None:
            raise WrongUserCode
        return Device(row["user_code"], row["app"], Asked.from_json(row["asked"]))

    def decide(self, user_code: str, user_id: str, asked: Asked, *, approved: bool) -> None:
        """Let the device of a user go on, or not. Raises WrongUserCode."""
        state = "approved" if approved else "declined"
        with self._database.write() as connection:
            done = connection.execute(
                "UPDATE device SET state = ?, user = ?, asked = ?"
                " WHERE user_code = ? AND state = 'waiting' AND expires_s > ?",
                (state, user_id, asked.to_json(), _plain(user_code), self._now_s()),
            )
            if not done.rowcount:
                raise WrongUserCode

    def poll(self, app_id: str, device_code: str) -> tuple[str, Asked]:
        """The user who approved, once, and what was asked for.

        Raises DevicePending, DeviceTooFast, Declined, DeviceExpired, UnknownDevice.
        """
        with self._database.write() as connection:
            row = self._find(connection, app_id, device_code)
            if row["state"] == "approved":
                connection.execute("UPDATE device SET state = 'used' WHERE hash = ?", (row["hash"],))
                return row["user"], Asked.from_json(row["asked"])
            now_s = self._now_s()
            too_fast = now_s - row["polled_s"] < INTERVAL_S - EARLY_S
            connection.execute("UPDATE device SET polled_s = ? WHERE hash = ?", (now_s, row["hash"]))
        raise DeviceTooFast if too_fast else DevicePending

    def _find(self, connection: sqlite3.Connection, app_id: str, device_code: str) -> sqlite3.Row:
        query = "SELECT * FROM device WHERE hash = ? AND app = ?"
        row: sqlite3.Row | None = connection.execute(query, (hashed(device_code[:1024]), app_id)).fetchone()
        if row is None or row["state"] == "used":
            raise UnknownDevice
        if row["expires_s"] <= self._now_s():
            raise DeviceExpired
        if row["state"] == "declined":
            raise Declined
        return row

    def _now_s(self) -> float:
        return self._clock().timestamp()


def _place(address: str) -> str:
    """What a client cannot change as it likes: of IPv6 the network."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found.packed, NETWORK_BITS), strict=False))


def _plain(user_code: str) -> str:
    """As people type it: with spaces, dashes, small letters."""
    return "".join(user_code[:64].split()).replace("-", "").upper()
