"""The keys that sign tokens: RSA, a new one now and then, each with a certificate for clients that want one."""

from __future__ import annotations

import base64
import sqlite3
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from joserfc.jwk import RSAKey

from postroom.workspace.clock import Clock
from postroom.workspace.signin.base64url import base64url
from postroom.workspace.signin.database import Database

KEY_BITS: Final = 2048
SIGNS_FOR: Final = timedelta(days=90)
KNOWN_FOR: Final = timedelta(days=2)
"""How long a key that signs no more is published: longer than any token lives."""
CERTIFICATE_LIFE: Final = timedelta(days=1825)

_SIGNING: Final = "SELECT * FROM signing_key ORDER BY created_s DESC, rowid DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class SigningKey:
    kid: str
    key: RSAKey
    certificate: x509.Certificate

    def published(self, issuer: str) -> Mapping[str, object]:
        """The public half, as a JWKS has it."""
        chain = base64.b64encode(self.certificate.public_bytes(Encoding.DER)).decode()
        public = self.key.as_dict(private=False)
        return {
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "x5t": self.kid, "n": public["n"],
            "e": public["e"], "x5c": [chain], "issuer": issuer,
        }  # fmt: skip


class Keys:
    """Other programs may rotate meanwhile: which key signs is asked of the file each time."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._read: dict[str, SigningKey] = {}
        self._lock = threading.Lock()

    def signing(self) -> SigningKey:
        """The key for new tokens; the first is made when it is asked for."""
        row = self._newest()
        if row is None:
            self.rotate(unless_newer=timedelta(days=1))
            row = self._newest()
        assert row is not None
        return self._key(row)

    def find(self, kid: str) -> SigningKey | None:
        with self._lock:
            known = self._read.get(kid)
        if known is not None:
            return known
        with self._database.read() as connection:
            row = connection.execute("SELECT * FROM signing_key WHERE kid = ?", (kid,)).fetchone()
        return None if row is None else self._key(row)

    def all(self) -> tuple[SigningKey, ...]:
        """Those whose tokens may still live; newest first."""
        self.signing()
        with self._database.read() as connection:
            rows = connection.execute("SELECT * FROM signing_key ORDER BY created_s DESC, rowid DESC").fetchall()
        return tuple(map(self._key, rows))

    def rotate(self, *, unless_newer: timedelta = timedelta()) -> None:
        """Begin a new key, unless the present one is newer than that; forget those that are long out of use."""
        now = self._clock()
        private = rsa.generate_private_key(65537, KEY_BITS)  # before the transaction: it takes a moment
        with self._database.write() as connection:
            newest = self._newest()
            age = None if newest is None else now - datetime.fromtimestamp(newest["created_s"], UTC)
            if age is not None and age < unless_newer:
                return
            row = _row(private, now)
            connection.execute("INSERT INTO signing_key VALUES (?, ?, ?, ?)", row)
            # A key is out of use since the next one began.
            connection.execute(
                "DELETE FROM signing_key WHERE (SELECT min(later.created_s) FROM signing_key AS later"
                " WHERE later.created_s > signing_key.created_s) < ?",
                (int((now - KNOWN_FOR).timestamp()),),
            )
        with self._lock:
            self._read.clear()

    def tend(self) -> None:
        """Rotate when it is time."""
        newest = self._newest()
        if newest is not None and self._clock() - datetime.fromtimestamp(newest["created_s"], UTC) >= SIGNS_FOR:
            self.rotate(unless_newer=SIGNS_FOR)

    def _newest(self) -> sqlite3.Row | None:
        with self._database.read() as connection:
            row: sqlite3.Row | None = connection.execute(_SIGNING).fetchone()
        return row

    def _key(self, row: sqlite3.Row) -> SigningKey:
        with self._lock:
            known = self._read.get(row["kid"])
            if known is None:
                key = RSAKey.import_key(row["private_pem"])
                known = SigningKey(row["kid"], key, x509.load_pem_x509_certificate(row["certificate_pem"]))
                self._read[known.kid] = known
        return known


def _row(private: rsa.RSAPrivateKey, now: datetime) -> tuple[object, ...]:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Postroom tokens")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + CERTIFICATE_LIFE)
        .sign(private, hashes.SHA256())
    )
    # What others call x5t, and the service it stands for uses as kid too.
    kid = base64url(certificate.fingerprint(hashes.SHA1()))  # noqa: S303
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return (kid, pem, certificate.public_bytes(Encoding.PEM), int(now.timestamp()))
