"""Who asks for a token: the app, and how it proves that it is."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, RSAKey
from joserfc.jws import JWSRegistry

from postroom.workspace.clock import Clock
from postroom.workspace.signin.apps import App, Apps
from postroom.workspace.signin.base64url import base64url
from postroom.workspace.signin.errors import BadAssertion, BadSecret, ExpiredSecret, NeedsSecret, UnknownApp

ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS: Final = ["RS256", "PS256"]
MOST_SECRET_CHARS: Final = 512
MOST_ASSERTION_CHARS: Final = 16_384
LATE_S: Final = 300


class _Registry(JWSRegistry):
    """MSAL sends its certificate in the header, which is longer than joserfc takes by itself."""

    max_header_length = MOST_ASSERTION_CHARS


_REGISTRY: Final = _Registry(algorithms=ALGORITHMS)


@dataclass(frozen=True, slots=True)
class Proof:
    """What came with a request. `hosts`: names under which it came here, for the audience of an assertion."""

    app_id: str
    secret: str = ""
    assertion: str = ""
    hosts: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Client:
    app: App
    proof: str
    """As `appidacr` says it: 0 nothing, 1 a secret, 2 a certificate."""

    def proved(self) -> Client:
        """Itself. Raises NeedsSecret when nothing was proved."""
        if self.proof == "0":
            raise NeedsSecret
        return self


class Clients:
    def __init__(self, apps: Apps, clock: Clock, tenants: Collection[str]) -> None:
        self._apps, self._clock, self._tenants = apps, clock, tenants

    def identify(self, proof: Proof) -> Client:
        """Raises UnknownApp, BadSecret, ExpiredSecret, BadAssertion; NeedsSecret when only public apps may go on."""
        app = self._apps.find(proof.app_id)
        if app is None:
            raise UnknownApp(proof.app_id[:64])
        if proof.assertion:
            self._check_assertion(app, proof)
            return Client(app, "2")
        if proof.secret:
            self._check_secret(app, proof.secret)
            return Client(app, "1")
        if not app.public:
            raise NeedsSecret
        return Client(app, "0")

    def _check_secret(self, app: App, text: str) -> None:
        found = self._apps.secret(app.id, text) if len(text) <= MOST_SECRET_CHARS else None
        if found is None:
            raise BadSecret
        if found.expires_s <= self._clock().timestamp():
            raise ExpiredSecret

    def _check_assertion(self, app: App, proof: Proof) -> None:
        """RFC 7523, 3. The same assertion may come again while it lives: MSAL keeps it for some minutes."""
        if len(proof.assertion) > MOST_ASSERTION_CHARS:
            raise BadAssertion
        certificates = self._apps.certificates(app.id)
        try:
            token = jwt.decode(proof.assertion, lambda found: _key(found, certificates), registry=_REGISTRY)
        except (JoseError, ValueError) as error:
            raise BadAssertion from error
        claims, now_s = token.claims, self._clock().timestamp()
        if claims.get("iss") != app.id or claims.get("sub") != app.id or not self._for_us(claims.get("aud"), proof):
            raise BadAssertion
        if not _within(claims, now_s):
            raise BadAssertion

    def _for_us(self, audience: object, proof: Proof) -> bool:
        """Whether it is meant for the token endpoint of our tenant, under a name by which we are asked."""
        if isinstance(audience, list):
            return any(self._for_us(one, proof) for one in audience if not isinstance(one, list))
        if not isinstance(audience, str):
            return False
        try:
            parts = urlsplit(audience)
        except ValueError:
            return False
        first, _, rest = parts.path.strip("/").partition("/")
        known = rest in ("oauth2/v2.0/token", "oauth2/token", "v2.0", "")
        return parts.scheme == "https" and parts.netloc.lower() in proof.hosts and first in self._tenants and known


def _within(claims: Mapping[str, Any], now_s: float) -> bool:
    ends, begins = claims.get("exp"), claims.get("nbf", claims.get("iat", now_s))
    if not isinstance(ends, int | float) or not isinstance(begins, int | float):
        return False
    return begins - LATE_S <= now_s < ends + LATE_S


def _key(token: GuestProtocol, certificates: Collection[x509.Certificate]) -> RSAKey:
    """The public key of the certificate that the header names by its thumbprint."""
    header = token.headers()
    for certificate in certificates:
        key = certificate.public_key()
        assert isinstance(key, rsa.RSAPublicKey)  # checked when it was added
        for name, kind in (("x5t#S256", hashes.SHA256()), ("x5t", hashes.SHA1())):  # noqa: S303  a name, no protection
            if _same(header.get(name), certificate.fingerprint(kind)):
                return RSAKey.import_key(key)
    raise BadAssertion


def _same(given: object, thumbprint: bytes) -> bool:
    if not isinstance(given, str) or not given.isascii():
        return False
    return hmac.compare_digest(given.rstrip("="), base64url(thumbprint))
