"""Access and id tokens: RS256 JWTs. Claims as graph-api.md, OAuth, Token answer, lists them."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, RSAKey

from postroom.workspace.clock import Clock
from postroom.workspace.people import People, Person
from postroom.workspace.signin.apps import App
from postroom.workspace.signin.base64url import base64url
from postroom.workspace.signin.caller import Caller
from postroom.workspace.signin.database import Database
from postroom.workspace.signin.errors import TokenExpired, TokenMalformed, TokenRevoked, WrongAudience
from postroom.workspace.signin.keys import Keys
from postroom.workspace.signin.scopes import GRAPH

LIFE_S: Final = 3599
EARLY_S: Final = 300
"""How much too early a token may be used, for clocks that differ."""
MOST_CHARS: Final = 32_768
MOST_PROVEN: Final = 500
"""Tokens whose signature is not looked at again."""
ALGORITHM: Final = "RS256"
PUBLISHER: Final = "0bf30f3b-4a52-48df-9a82-234910c4a086"
"""The app in whose name change notifications come: receivers compare it."""
_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")

_LIVES: Final = """
SELECT app.id FROM app LEFT JOIN signin ON signin.id = ?2
WHERE app.id = ?1 AND (?2 = '' OR (signin.app = app.id AND signin.revoked_s IS NULL))
"""


@dataclass(frozen=True, slots=True)
class Grant:
    """For what an access token is issued. `signin` is the sign-in it came from, empty for apps by themselves."""

    app: App
    person: Person | None
    audience: str
    scopes: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    signin: str = ""
    proof: str = "0"
    """How the app proved who it is: 0 not at all, 1 by a secret, 2 by a certificate (`appidacr`)."""


class Tokens:
    """`tenant` is the id of ours."""

    def __init__(self, database: Database, people: People, keys: Keys, clock: Clock, tenant: str) -> None:
        self._database, self._people, self._keys = database, people, keys
        self._clock, self._tenant = clock, tenant
        self._issuer = f"https://sts.windows.net/{tenant}/"
        # A signature stays right as long as its key is known, and a client sends one token a thousand times.
        self._proven = lru_cache(maxsize=MOST_PROVEN)(self._proof)

    def access(self, grant: Grant) -> str:
        """An access token."""
        app = grant.app
        claims: dict[str, Any] = {
            "aud": grant.audience,
            "iss": self._issuer,
            **self._times(),
            "app_displayname": app.name,
            "appid": app.id,
            "appidacr": grant.proof,
            "tid": self._tenant,
            "ver": "1.0",
            "sid": grant.signin,
        }
        claims |= _of_app(grant) if grant.person is None else _of_person(grant, grant.person)
        return self._signed(claims)

    def identity(self, app: App, person: Person, openid: Collection[str], issuer: str, nonce: str) -> str:
        """An id token."""
        claims: dict[str, Any] = {
            "aud": app.id,
            "iss": issuer,
            **self._times(),
            "oid": person.id,
            "tid": self._tenant,
            "sub": subject(app.id, person.id),
            "ver": "2.0",
            **({"nonce": nonce} if nonce else {}),
        }
        if "profile" in openid:
            claims |= {"name": person.name, "preferred_username": person.address}
        if "email" in openid:
            claims["email"] = person.address
        return self._signed(claims)

    def notification(self, app_id: str) -> str:
        """Says to the receiver of a notification that it comes from here and is for this app."""
        claims = {"aud": app_id, "iss": self._issuer, **self._times(), "appid": PUBLISHER, "azp": PUBLISHER,
                  "tid": self._tenant, "ver": "2.0"}  # fmt: skip
        return self._signed(claims)

    def verify(self, text: str, audience: str = GRAPH) -> Caller:
        """Who calls this resource. Raises TokenMalformed, TokenExpired, TokenRevoked, WrongAudience."""
        return self.caller_of(self.claims(text, (audience,)))

    def claims(self, text: str, audiences: Collection[str]) -> Mapping[str, Any]:
        """The claims of an access token for one of these audiences. Raises as `verify`."""
        claims = self._read(text)
        now_s = self._clock().timestamp()
        if claims.get("iss") != self._issuer or claims.get("tid") != self._tenant:
            raise TokenMalformed
        if not _number(claims.get("exp")) or not _number(claims.get("nbf")) or claims["nbf"] > now_s + EARLY_S:
            raise TokenMalformed
        if claims["exp"] <= now_s:
            raise TokenExpired
        if claims.get("aud") not in audiences:
            raise WrongAudience
        return claims

    def caller_of(self, claims: Mapping[str, Any]) -> Caller:
        """Raises TokenRevoked when the app or the user is gone, or the sign-in was ended."""
        app_id, user_id, signin = claims["appid"], claims["oid"], claims["sid"]
        alone = claims.get("idtyp") == "app"
        with self._database.read() as connection:
            if connection.execute(_LIVES, (app_id, signin)).fetchone() is None:
                raise TokenRevoked
        if not alone and not self._is_active(user_id):
            raise TokenRevoked
        scopes, roles = _words(claims.get("scp", "")), frozenset(claims.get("roles", ()))
        return Caller(app_id, None if alone else user_id, scopes, roles, self._tenant)

    def _is_active(self, user_id: str) -> bool:
        person = self._people.find(user_id)
        return person is not None and person.active

    def _read(self, text: str) -> Mapping[str, Any]:
        kid, claims = self._proven(text)
        if self._keys.find(kid) is None:
            raise TokenMalformed
        return claims

    def _proof(self, text: str) -> tuple[str, Mapping[str, Any]]:
        """Which key signed it, and what it says. Raises TokenMalformed."""
        if len(text) > MOST_CHARS or not _SHAPE.fullmatch(text):
            raise TokenMalformed
        try:
            # The algorithm is ours to choose, not the token's (RFC 8725, 3.1).
            token = jwt.decode(text, self._signed_with, algorithms=[ALGORITHM])
        except (JoseError, ValueError) as error:
            raise TokenMalformed from error
        return token.header["kid"], MappingProxyType(token.claims)

    def _signed_with(self, token: GuestProtocol) -> RSAKey:
        kid = token.headers().get("kid")
        found = self._keys.find(kid) if isinstance(kid, str) else None
        if found is None:
            raise TokenMalformed
        return found.key

    def _signed(self, claims: dict[str, Any]) -> str:
        signing = self._keys.signing()
        header = {"alg": ALGORITHM, "kid": signing.kid, "x5t": signing.kid}
        return jwt.encode(header, claims, signing.key, algorithms=[ALGORITHM])

    def _times(self) -> dict[str, Any]:
        now_s = int(self._clock().timestamp())
        unique = base64url(secrets.token_bytes(16))
        # What tokens of one sign-in have in common; nobody reads it, clients expect it.
        return {"iat": now_s, "nbf": now_s, "exp": now_s + LIFE_S, "uti": unique, "rh": f"0.{unique[:8]}."}


def _of_app(grant: Grant) -> dict[str, Any]:
    return {"idtyp": "app", "oid": grant.app.id, "sub": grant.app.id, "roles": list(grant.roles)}


def _of_person(grant: Grant, person: Person) -> dict[str, Any]:
    return {
        "idtyp": "user",
        "oid": person.id,
        "sub": subject(grant.app.id, person.id),
        "upn": person.address,
        "unique_name": person.address,
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.surname,
        "scp": " ".join(grant.scopes),
        "wids": [],
    }


@lru_cache(maxsize=MOST_PROVEN)
def _words(text: str) -> frozenset[str]:
    """Kept, since the scopes of a token are compared in each request."""
    return frozenset(text.split())


def subject(app_id: str, user_id: str) -> str:
    """Another one for each app, so that two of them cannot compare what they know."""
    return base64url(hashlib.sha256(f"{app_id} {user_id}".encode()).digest())


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
