"""Second factors: one-time codes of an authenticator app (TOTP, RFC 6238), for whoever signs in with a password.

A factor is `initialized` until its owner has shown a code of it, then `enabled`. In both states the password alone
opens nothing: doors that cannot ask for a code take an app password (`app_passwords`).
"""

from __future__ import annotations

import hmac
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

import pyotp

from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor, Audit
from postroom.archive.instance.secrets import Secrets
from postroom.archive.storage.writer import Clock, now_ms
from postroom.errors import WrongState
from postroom.sqlite import Database

ISSUER: Final = "Postroom"
STEP_MS: Final = 30_000
DIGITS: Final = 6
PLACE: Final = "second factor"
Status = Literal["disabled", "initialized", "enabled"]


class Owner(NamedTuple):
    """Whom a row of the tables belongs to: a user, or a system administrator."""

    id: int
    name: str


Find = Callable[[sqlite3.Connection, str], Owner]
"""Who has this name. Raises NotFound."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What an authenticator app is given: the secret in Base32, and the same as `otpauth` URI."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


class SecondFactors:
    """The table `second_factor` of a database, whose owners `find` knows. Safe from any thread.

    Methods raise NotFound for an owner who is not there, Damaged when the secret cannot be read.
    """

    def __init__(self, database: Database, audit: Audit, secrets: Secrets, find: Find, clock: Clock = now_ms) -> None:
        self._database, self._audit, self._secrets = database, audit, secrets
        self._find, self._clock = find, clock

    def status(self, name: str) -> Status:
        with self._database.read() as connection:
            return status_of(connection, self._find(connection, name).id)

    def initialise(self, name: str, by: Actor) -> Setup:
        """A new secret, to be confirmed with a code. One that there was is void. Raises WrongState for a user of the
        system."""
        secret = pyotp.random_base32()
        with self._database.write() as connection:
            owner = person(self._find(connection, name))
            connection.execute(
                "INSERT OR REPLACE INTO second_factor (owner, secret) VALUES (?, ?)",
                (owner.id, self._secrets.seal(PLACE, str(owner.id), secret)),
            )
            self._audit.record_in(
                connection, events.USER_SET_SECOND_FACTOR, by, target=owner.name, status="initialized"
            )
        return _setup(owner, secret)

    def disable(self, name: str, by: Actor) -> None:
        """The password is enough again."""
        with self._database.write() as connection:
            owner = self._find(connection, name)
            if connection.execute("DELETE FROM second_factor WHERE owner = ?", (owner.id,)).rowcount:
                self._audit.record_in(
                    connection, events.USER_SET_SECOND_FACTOR, by, target=owner.name, status="disabled"
                )

    def setup(self, name: str) -> Setup:
        """What an owner is shown who has to confirm. Raises WrongState for a factor that is off or confirmed: what
        was confirmed is shown to nobody again."""
        with self._database.read() as connection:
            owner = self._find(connection, name)
            if status_of(connection, owner.id) != "initialized":
                raise WrongState(f"No second factor of {owner.name!r} waits to be set up.")
            return _setup(owner, self._secret(connection, owner))

    def confirm(self, name: str, code: str, by: Actor) -> bool:
        """Whether this is a code of the factor to be set up, which is on from now."""
        return self._take(name, code, by, "initialized")

    def check(self, name: str, code: str, by: Actor) -> bool:
        """Whether this is a code of now (one step of clocks that differ is forgiven) that was not taken before. It is
        used up by this."""
        return self._take(name, code, by, "enabled")

    def _take(self, name: str, code: str, by: Actor, when: Status) -> bool:
        with self._database.write() as connection:
            owner = self._find(connection, name)
            step = self._step(connection, owner, code) if status_of(connection, owner.id) == when else None
            if step is not None:
                connection.execute(
                    "UPDATE second_factor SET last_step = ?, confirmed = 1 WHERE owner = ?", (step, owner.id)
                )
                if when == "initialized":
                    self._audit.record_in(
                        connection, events.USER_SET_SECOND_FACTOR, by, target=owner.name, status="enabled"
                    )
        if step is None:
            self._audit.record(events.USER_LOGIN, by, ok=False, target=owner.name, reason="wrong code")
        return step is not None

    def _step(self, connection: sqlite3.Connection, owner: Owner, code: str) -> int | None:
        row = connection.execute("SELECT last_step FROM second_factor WHERE owner = ?", (owner.id,)).fetchone()
        return matching_step(self._secret(connection, owner), code, self._clock(), after=row["last_step"])

    def _secret(self, connection: sqlite3.Connection, owner: Owner) -> str:
        row = connection.execute("SELECT secret FROM second_factor WHERE owner = ?", (owner.id,)).fetchone()
        return self._secrets.open(PLACE, str(owner.id), row["secret"])


def person(owner: Owner) -> Owner:
    """The owner. Raises WrongState for a user of the system, such as `$archiveadmin`: it signs in by no password."""
    if owner.name.startswith("$"):
        raise WrongState(f"The user {owner.name} belongs to the system and has neither password nor second factor.")
    return owner


def status_of(connection: sqlite3.Connection, owner: int) -> Status:
    """The status of the owner with this id."""
    row = connection.execute("SELECT confirmed FROM second_factor WHERE owner = ?", (owner,)).fetchone()
    if row is None:
        return "disabled"
    return "enabled" if row["confirmed"] else "initialized"


def matching_step(secret: str, code: str, time_ms: int, *, after: int) -> int | None:
    """The step of the code, of those around now that are later than `after`; None when it is of none of them."""
    code = "".join(code.split())  # apps show it in groups
    if len(code) != DIGITS or not (code.isascii() and code.isdecimal()):
        return None
    generator, now = pyotp.HOTP(secret, digits=DIGITS), time_ms // STEP_MS
    steps = [step for step in (now - 1, now, now + 1) if step > after]
    # All are compared, whichever it is.
    same = [step for step in steps if hmac.compare_digest(generator.at(step), code)]
    return same[0] if same else None


def _setup(owner: Owner, secret: str) -> Setup:
    return Setup(secret, pyotp.TOTP(secret, digits=DIGITS).provisioning_uri(name=owner.name, issuer_name=ISSUER))
