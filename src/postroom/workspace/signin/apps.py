"""Registered apps: who may ask for tokens, how they prove who they are, where answers may go."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from postroom.errors import AlreadyExists, Invalid, NotFound
from postroom.workspace.clock import Clock
from postroom.workspace.signin.database import Database, hashed, new_secret
from postroom.workspace.signin.permissions import PERMISSIONS

MOST_NAME_CHARS: Final = 120
MOST_URI_CHARS: Final = 2048
MOST_REDIRECTS: Final = 256
SECRET_LIFE: Final = timedelta(days=730)
HINT_CHARS: Final = 3
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_SCRIPTS: Final = frozenset({"javascript", "data", "vbscript", "blob", "file"})

_LIST: Final = "SELECT * FROM app ORDER BY name"
_FIND: Final = "SELECT * FROM app WHERE id = ?"


@dataclass(frozen=True, slots=True)
class Secret:
    """What is known of a secret: not the secret. Times in seconds since 1970."""

    id: int
    hint: str
    created_s: int
    expires_s: int


@dataclass(frozen=True, slots=True)
class App:
    """`public`: users may sign in to it without a secret. `roles`: what it may without a user."""

    id: str
    name: str
    public: bool
    created_s: int
    redirects: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    secrets: tuple[Secret, ...] = ()
    certificates: tuple[str, ...] = ()
    """SHA-256 thumbprints, hex."""

    def answers_to(self, uri: str) -> bool:
        """Whether a redirect URI is registered: letter by letter, but on loopback for any port (RFC 8252, 7.3)."""
        return uri in self.redirects or (self.public and _without_port(uri) in map(_without_port, self.redirects))


class Apps:
    """All of it raises Unavailable, NoSpace or Damaged as `Database` does."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def create(
        self, name: str, *, public: bool = False, redirects: Iterable[str] = (), roles: Iterable[str] = ()
    ) -> App:
        """Register an app. Raises Invalid; AlreadyExists when the name is taken."""
        app_id, name = str(uuid.uuid4()), checked_name(name)
        with self._database.write() as connection:
            try:
                connection.execute("INSERT INTO app VALUES (?, ?, ?, ?)", (app_id, name, public, self._now_s()))
            except sqlite3.IntegrityError as error:
                raise AlreadyExists("app", name) from error
            for uri in redirects:
                self.add_redirect(app_id, uri)
            self.grant_roles(app_id, roles)
            return self.get(app_id)

    def find(self, app_id: str) -> App | None:
        """By id, in any case."""
        with self._database.read() as connection:
            row = connection.execute(_FIND, (app_id.lower(),)).fetchone()
            return None if row is None else _app(connection, row)

    def get(self, name: str) -> App:
        """By id or name. Raises NotFound."""
        with self._database.read() as connection:
            row = connection.execute("SELECT * FROM app WHERE id = lower(?1) OR name = ?1", (name,)).fetchone()
            if row is None:
                raise NotFound("app", name)
            return _app(connection, row)

    def list(self) -> tuple[App, ...]:
        """All, by name."""
        with self._database.read() as connection:
            return tuple(_app(connection, row) for row in connection.execute(_LIST).fetchall())

    def delete(self, app_id: str) -> None:
        """With everything that belongs to it; its tokens stop working at once. Raises NotFound."""
        with self._database.write() as connection:
            if not connection.execute("DELETE FROM app WHERE id = ?", (app_id,)).rowcount:
                raise NotFound("app", app_id)

    def add_redirect(self, app_id: str, uri: str) -> None:
        """Raises Invalid, NotFound; nothing when it is there."""
        uri = checked_uri(uri)
        with self._database.write() as connection:
            if len(self.get(app_id).redirects) >= MOST_REDIRECTS:
                raise Invalid("redirect", f"at most {MOST_REDIRECTS} for each app")
            connection.execute("INSERT OR IGNORE INTO app_redirect VALUES (?, ?)", (app_id, uri))

    def remove_redirect(self, app_id: str, uri: str) -> None:
        """Raises NotFound."""
        with self._database.write() as connection:
            removed = connection.execute("DELETE FROM app_redirect WHERE app = ? AND uri = ?", (app_id, uri))
            if not removed.rowcount:
                raise NotFound("redirect URI", uri)

    def grant_roles(self, app_id: str, roles: Iterable[str]) -> None:
        """What the app may without a user, from its next token on. Raises Invalid for a name that is none."""
        names = [role_name(role) for role in roles]
        with self._database.write() as connection:
            connection.executemany("INSERT OR IGNORE INTO app_role VALUES (?, ?)", ((app_id, name) for name in names))

    def withdraw_roles(self, app_id: str, roles: Iterable[str]) -> None:
        """From its next token on."""
        with self._database.write() as connection:
            connection.executemany("DELETE FROM app_role WHERE app = ? AND role = ?", ((app_id, r) for r in roles))

    def add_secret(self, app_id: str, life: timedelta = SECRET_LIFE) -> tuple[Secret, str]:
        """A new secret, to be shown now and never again. Raises Invalid, NotFound."""
        if life <= timedelta():
            raise Invalid("days", "a time to come")
        app, text, now_s = self.get(app_id), new_secret(), self._now_s()
        row = (app.id, hashed(text), text[:HINT_CHARS], now_s, now_s + int(life.total_seconds()))
        with self._database.write() as connection:
            number = connection.execute(
                "INSERT INTO app_secret (app, hash, hint, created_s, expires_s) VALUES (?, ?, ?, ?, ?)", row
            ).lastrowid
        return Secret(number or 0, *row[2:]), text

    def remove_secret(self, app_id: str, number: int) -> None:
        """Raises NotFound."""
        with self._database.write() as connection:
            if not connection.execute("DELETE FROM app_secret WHERE app = ? AND id = ?", (app_id, number)).rowcount:
                raise NotFound("secret", number)

    def secret(self, app_id: str, text: str) -> Secret | None:
        """The secret of this app with this text, also when its time is over."""
        # Found by its hash, of which nobody can choose the beginning: comparing takes no telling time.
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT id, hint, created_s, expires_s FROM app_secret WHERE app = ? AND hash = ?",
                (app_id, hashed(text)),
            ).fetchone()
        return None if row is None else Secret(*row)

    def add_certificate(self, app_id: str, pem: bytes) -> str:
        """With the key of this certificate the app may sign what proves who it is; the answer is its thumbprint.

        Raises Invalid, NotFound.
        """
        try:
            certificate = x509.load_pem_x509_certificate(pem)
        except ValueError as error:
            raise Invalid("certificate", "a certificate in PEM form") from error
        if not isinstance(certificate.public_key(), rsa.RSAPublicKey):
            raise Invalid("certificate", "one with an RSA key")
        app, thumbprint = self.get(app_id), certificate.fingerprint(hashes.SHA256()).hex()
        content = certificate.public_bytes(Encoding.PEM)
        with self._database.write() as connection:
            row = (app.id, thumbprint, content, self._now_s())
            connection.execute("INSERT OR IGNORE INTO app_certificate VALUES (?, ?, ?, ?)", row)
        return thumbprint

    def remove_certificate(self, app_id: str, thumbprint: str) -> None:
        """Raises NotFound."""
        with self._database.write() as connection:
            where = (app_id, thumbprint.replace(":", "").lower())
            if not connection.execute("DELETE FROM app_certificate WHERE app = ? AND thumbprint = ?", where).rowcount:
                raise NotFound("certificate", thumbprint)

    def certificates(self, app_id: str) -> tuple[x509.Certificate, ...]:
        with self._database.read() as connection:
            rows = connection.execute("SELECT certificate_pem FROM app_certificate WHERE app = ?", (app_id,)).fetchall()
        return tuple(x509.load_pem_x509_certificate(row[0]) for row in rows)

    def answers_anywhere(self, uri: str) -> bool:
        """Whether any app has registered this redirect URI."""
        with self._database.read() as connection:
            return connection.execute("SELECT 1 FROM app_redirect WHERE uri = ?", (uri,)).fetchone() is not None

    def _now_s(self) -> int:
        return int(self._clock().timestamp())


def _app(connection: sqlite3.Connection, row: sqlite3.Row) -> App:
    def column(query: str) -> tuple[str, ...]:
        return tuple(found[0] for found in connection.execute(query, (row["id"],)).fetchall())

    secrets = connection.execute(
        "SELECT id, hint, created_s, expires_s FROM app_secret WHERE app = ? ORDER BY id", (row["id"],)
    ).fetchall()
    return App(
        row["id"],
        row["name"],
        bool(row["public"]),
        row["created_s"],
        column("SELECT uri FROM app_redirect WHERE app = ? ORDER BY uri"),
        column("SELECT role FROM app_role WHERE app = ? ORDER BY role"),
        tuple(Secret(*found) for found in secrets),
        column("SELECT thumbprint FROM app_certificate WHERE app = ? ORDER BY thumbprint"),
    )


def checked_name(text: str) -> str:
    name = text.strip()
    if not 0 < len(name) <= MOST_NAME_CHARS or not name.isprintable():
        raise Invalid("name", f"1 to {MOST_NAME_CHARS} printable characters")
    return name


def checked_uri(text: str) -> str:
    """A redirect URI. Raises Invalid for what a browser would run, and for plain HTTP that leaves this machine."""
    expected = "an https URL, an http URL of this machine, or one with the scheme of a program; without a fragment"
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        raise Invalid("redirect", expected) from error
    plain = text.isascii() and text.isprintable() and " " not in text and len(text) <= MOST_URI_CHARS
    safe = parts.scheme and parts.scheme not in _SCRIPTS and not parts.fragment and "#" not in text
    if not plain or not safe or (parts.scheme in ("http", "https") and not parts.hostname):
        raise Invalid("redirect", expected)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise Invalid("redirect", expected)
    return text


def role_name(text: str) -> str:
    """The name of a permission for apps without a user, as the table spells it. Raises Invalid."""
    found = PERMISSIONS.get(text.lower())
    if found is None or not found.alone:
        raise Invalid("role", f"a permission for apps such as Mail.Read, not {text!r}")
    return found.name


def _without_port(uri: str) -> tuple[str, ...]:
    """A loopback URI without its port; others as they are."""
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return (uri,)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK or parts.username is not None or parts.fragment:
        return (uri,)
    return (parts.hostname or "", parts.path or "/", parts.query)
