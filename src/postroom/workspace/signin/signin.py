"""Signing in, as faces and the command line see it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final

from postroom.workspace.clock import Clock, now
from postroom.workspace.people import People, Person
from postroom.workspace.signin.apps import Apps
from postroom.workspace.signin.clients import Clients
from postroom.workspace.signin.codes import Codes
from postroom.workspace.signin.consents import Consents
from postroom.workspace.signin.database import Database
from postroom.workspace.signin.devices import Devices, Most
from postroom.workspace.signin.errors import UnknownTenant
from postroom.workspace.signin.grants import Grants
from postroom.workspace.signin.keys import KNOWN_FOR, Keys
from postroom.workspace.signin.sessions import Forms, Sessions
from postroom.workspace.signin.signins import SignIns
from postroom.workspace.signin.tokens import Tokens

FILE: Final = "signin.db"
WORDS: Final = frozenset({"common", "organizations", "consumers"})
"""Tenants that stand for whoever signs in."""
DOMAINS_FOR_S: Final = 300.0
MOST_USERNAME_CHARS: Final = 256
MOST_PASSWORD_CHARS: Final = 1024


@dataclass(frozen=True, slots=True)
class Rules:
    """`tenant`: the id of ours, a UUID; empty takes the one made with the home. `admins`: addresses of those who may
    allow apps what only administrators may, and for everybody. `devices`: how many may wait."""

    tenant: str = ""
    admins: tuple[str, ...] = ()
    devices: Most = field(default_factory=Most)


class Signin:
    """`directory` is that of the workspace. Methods raise Unavailable, NoSpace or Damaged when it cannot be used."""

    def __init__(self, directory: Path, people: People, clock: Clock = now, rules: Rules | None = None) -> None:
        self.people, self.clock, self.rules = people, clock, rules or Rules()
        self._database = database = Database(directory / FILE)
        made, key = _tenant(database)
        self.tenant = self.rules.tenant.lower() or made
        self._domains: tuple[float, frozenset[str]] = (0.0, frozenset())
        self._domains_lock = threading.Lock()
        self.apps, self.consents = Apps(database, clock), Consents(database, clock)
        self.keys = Keys(database, clock)
        self.tokens = Tokens(database, people, self.keys, clock, self.tenant)
        self.clients = Clients(self.apps, clock, {*WORDS, self.tenant})
        self.sessions, self.forms = Sessions(database, clock), Forms(key, clock)
        self.signins = SignIns(database, clock)
        self.codes, self.devices = Codes(database, clock, self.signins), Devices(database, clock, self.rules.devices)
        self.grants = Grants(
            database, people, self.apps, self.consents, self.signins, self.codes, self.devices, self.tokens
        )

    def check_tenant(self, text: str) -> None:
        """A word, our id, or a domain of ours. Raises UnknownTenant."""
        name = text.lower()
        if name not in WORDS and name != self.tenant and name not in self._our_domains():
            raise UnknownTenant(text[:64])

    def authenticate(self, username: str, password: str) -> Person | None:
        """Whoever has this password, which is not to be guessed as often as one likes: that is the face's to see to."""
        if len(username) > MOST_USERNAME_CHARS or not 0 < len(password) <= MOST_PASSWORD_CHARS:
            return None
        return self.people.authenticate(username.strip(), password)

    def active(self, user_id: str) -> Person | None:
        """The user, unless gone or disabled."""
        person = self.people.find(user_id)
        return person if person is not None and person.active else None

    def is_admin(self, person: Person) -> bool:
        """Whether this user may allow apps something for everybody."""
        return person.address.lower() in {address.lower() for address in self.rules.admins}

    def tend(self) -> None:
        """Forget what is over, renew the signing key when it is time; to be called hourly."""
        now_s = self.clock().timestamp()
        with self._database.write() as connection:
            # Used codes stay for a while: the second use ends what the first has given.
            connection.execute("DELETE FROM code WHERE expires_s < ?", (now_s - KNOWN_FOR.total_seconds(),))
            connection.execute("DELETE FROM device WHERE expires_s < ?", (now_s - 3600,))
            connection.execute("DELETE FROM session WHERE expires_s < ?", (now_s,))
            connection.execute("DELETE FROM refresh WHERE expires_s < ?", (now_s,))
            connection.execute("DELETE FROM signin WHERE until_s < ?", (now_s,))
        self.keys.tend()

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Signin:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _our_domains(self) -> Collection[str]:
        """Asking for all users takes long, and anybody may name a domain: the answer is kept for a while."""
        now_s = self.clock().timestamp()
        with self._domains_lock:
            read_s, domains = self._domains
            if not read_s <= now_s < read_s + DOMAINS_FOR_S:
                domains = frozenset(person.address.rpartition("@")[2].lower() for person in self.people.all())
                self._domains = (now_s, domains)
        return domains


def _tenant(database: Database) -> tuple[str, bytes]:
    """The id and the secret that were made with the home, or are now."""
    with database.write() as connection:
        connection.execute("INSERT OR IGNORE INTO tenant VALUES (1, ?, randomblob(32))", (str(uuid.uuid4()),))
        row = connection.execute("SELECT id, secret FROM tenant").fetchone()
    return row["id"], row["secret"]
