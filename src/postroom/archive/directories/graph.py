"""Users of a Microsoft 365 tenant: read by an application that signs in by itself, passwords checked at the sign-in."""

from __future__ import annotations

import base64
import binascii
import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx2
import msgspec

from postroom.archive.directories.checks import needed
from postroom.archive.directories.model import Lent, Login, Person, Told
from postroom.archive.directories.tls import tls_context
from postroom.archive.profiles.connector import Context
from postroom.archive.profiles.connectors import graph_keys
from postroom.archive.profiles.connectors.graph_people import PersonRow, rows
from postroom.archive.profiles.connectors.graph_session import Patience, signed_in
from postroom.archive.profiles.details import Details
from postroom.archive.storage.writer import now_ms
from postroom.errors import Denied, Invalid, Unavailable
from postroom.settings import Settings

CONNECTIONS: Final = 4
PATIENCE: Final = Patience()
MOST_BYTES: Final = 1 << 20
NO_USER: Final = frozenset({50034, 50053, 50055, 50056, 50057, 50064, 50126, 50144})
"""Codes of the sign-in service for a wrong password, and for users who are none, are locked or whose password ended."""
MORE_NEEDED: Final = frozenset({50074, 50076, 50079, 53000, 53001, 53002, 53003})
"""The password is right, and the organisation asks for more than one here: a second factor, a device of its own."""

_log = logging.getLogger(__name__)


class _Answer(msgspec.Struct):
    """Of the sign-in service (RFC 6749 5.1, 5.2; `error_codes` is Microsoft's own)."""

    access_token: str = ""
    id_token: str = ""
    error: str = ""
    error_codes: list[int] = []
    error_description: str = ""


class _Claims(msgspec.Struct):
    oid: str = ""


class GraphDirectory:
    """Users are named by their principal name, which is an address."""

    def __init__(self, details: Details, lent: Lent) -> None:
        self._details, self._lent = details, lent

    def people(self, told: Told) -> Iterator[Person]:
        """All members of the tenant, or of groups; guests are left out."""
        context = self._context(told)
        licensed = self._details.flag("onlyLicensedUsers")
        with signed_in(self._login(context), context, CONNECTIONS, PATIENCE) as session:
            for row in rows(session, self._details.names("groups"), "groups"):
                if row.licences or not licensed:
                    yield _person(row)

    def authenticate(self, login: Login, password: str) -> bool:
        """By the grant of a password (RFC 6749 4.3), which the tenant must allow the application."""
        service = self._login(self._context(Told()))
        any_certificate = self._details.flag("ignoreSSLPolicyErrors")
        form = {
            "grant_type": "password", "client_id": service.application, "scope": "openid profile",
            "username": login.distinguished_name or login.name, "password": password,
        }  # fmt: skip
        if isinstance(service.secret, str) and service.secret:
            form["client_secret"] = service.secret
        asked = _Asked(f"{service.authority_url}/oauth2/v2.0/token", any_certificate, self._lent.timeout_s)
        return _accepted(asked.post(form), login.key)

    def _login(self, context: Context) -> graph_keys.Login:
        """What the credential holds, at the place that the configuration names."""
        own = ("graphUrl", "authorityUrl", "tenant", "credentialID", "ignoreSSLPolicyErrors")
        none = dict.fromkeys(
            ("applicationId", "clientSecret", "certificateThumbprint", "privateKey", "caFile", "timeout")
        )
        try:
            return graph_keys.login(Details({name: self._details[name] for name in own} | none), context)
        except Invalid as error:
            raise Invalid(error.field.removeprefix("details."), error.expected) from error

    def _context(self, told: Told) -> Context:
        return Context(
            settings=Settings(), clock=now_ms, owner_of=lambda _address: None, archives=tuple, path=_no_path,
            credential=self._lent.credential, note=told.log, stop=told.stop,
        )  # fmt: skip


def check(values: Details, secrets: Collection[str], given: Mapping[str, str]) -> None:  # noqa: ARG001  it has none
    """Raises Invalid."""
    needed("credentialID", values.number("credentialID"), "the number of a credential; CreateCredential makes one")
    try:
        graph_keys.check_service(values, alone=True)
    except Invalid as error:
        raise Invalid(error.field.removeprefix("details."), error.expected) from error


def _person(row: PersonRow) -> Person:
    """The primary address is that of `mail`; users without a mailbox have none but their name."""
    name = row.name or row.id
    addresses = dict.fromkeys(text for text in (row.mail or name, *row.other_addresses, name) if text)
    return Person(
        key=row.id, name=name, full_name=row.full_name, addresses=tuple(addresses), distinguished_name=name,
        disabled=row.enabled is False,
    )  # fmt: skip


# Passwords


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question to the sign-in service."""

    url: str
    any_certificate: bool
    timeout_s: float

    def post(self, form: dict[str, str]) -> _Answer:
        """Raises Unavailable when there is no answer, or one that says nothing."""
        local = urlsplit(self.url).hostname in ("localhost", "127.0.0.1", "::1")
        context = tls_context(any_certificate=self.any_certificate)
        try:
            with (
                httpx2.Client(verify=context, timeout=self.timeout_s, trust_env=not local) as client,
                client.stream("POST", self.url, data=form) as response,
            ):
                return msgspec.json.decode(_read(response.iter_bytes), type=_Answer)
        except (httpx2.HTTPError, OSError, msgspec.DecodeError, UnicodeError) as error:
            # Its words may have the form in them.
            _log.warning("The sign-in service cannot be asked.", extra={"url": self.url, "kind": type(error).__name__})
            raise Unavailable(f"The sign-in service {urlsplit(self.url).hostname} does not answer.") from None


def _read(pieces: Callable[[], Iterator[bytes]]) -> bytes:
    data = b""
    for piece in pieces():
        data += piece
        if len(data) > MOST_BYTES:
            raise Unavailable("The sign-in service does not end its answer.")
    return data


def _accepted(answer: _Answer, key: str | None) -> bool:
    if answer.access_token:
        # Whoever has the name now may be somebody else.
        return key is None or _subject(answer.id_token) in ("", key)
    codes = set(answer.error_codes)
    if codes & NO_USER:
        return False
    if codes & MORE_NEEDED:
        _log.warning("The tenant wants more than a password.", extra={"codes": sorted(codes)})
        return False
    if answer.error in ("", "server_error", "temporarily_unavailable"):
        raise Unavailable("The sign-in service does not tell whether the password is right.")
    told = " ".join(answer.error_description.split())[:300]
    raise Denied(f"The sign-in service refuses the application ({answer.error}): {told}")


def _subject(id_token: str) -> str:
    """Whom a token is about. It came from its issuer by TLS, so its signature need not be checked (OpenID Connect Core
    3.1.3.7)."""
    try:
        body = id_token.split(".")[1]
        return msgspec.json.decode(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)), type=_Claims).oid
    except (IndexError, binascii.Error, msgspec.DecodeError):
        return ""


def _no_path(field: str, given: str) -> Path:
    raise Invalid(field, f"nothing, not {given[:80]!r}")
