"""Who may call: address lists, sign-in, sessions, bearer tokens.

Source: iRedAdmin-Pro RESTful API, login and session, settings.
"""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from starlette.requests import Request

from postroom.accounts.accounts import Accounts
from postroom.accounts.addresses import address as normalised
from postroom.accounts.services.access import Caller
from postroom.accounts.sessions import Missing
from postroom.errors import Invalid
from postroom.faces.iredadmin.errors import (
    Refused,
    expired,
    not_authorized,
    not_from_here,
    not_logged_in,
    wrong_credentials,
)
from postroom.recent import Recent
from postroom.settings import Settings
from postroom.web.auth import from_other_site
from postroom.web.backoff import BackOff

COOKIES: Final = {"sqlite": "SQLITE", "postgresql": "PGSQL", "mariadb": "MYSQL", "ldap": "LDAP"}


@dataclass(frozen=True, slots=True)
class Access:
    """All of it is quick but asks databases: call it in a thread."""

    accounts: Accounts
    settings: Settings
    back_off: BackOff
    callers: Recent[tuple[str, str], Caller]
    """By session and address."""

    @property
    def cookie(self) -> str:
        return "iRedAdmin-" + COOKIES[self.accounts.core.backend.kind]

    @property
    def ready(self) -> bool:
        """Whether `admit` would ask no database just now."""
        return self.accounts.core.has_effective

    def admit(self, request: Request) -> str:
        """The address that asks. Raises Refused for one that may not call, and for a page of another site."""
        ip = request.client.host if request.client else ""
        if from_other_site(request.headers):
            raise not_authorized()
        allowed = self.accounts.core.effective().api_clients
        if allowed is not None and not within(ip, allowed):
            raise not_authorized()
        return ip

    def sign_in(self, username: str, password: str, ip: str) -> str:
        """The id of a new session. Raises Refused, alike for all who may not sign in."""
        try:
            address = normalised(username)
        except Invalid as error:
            raise Refused("INVALID_USERNAME", 400) from error
        if not password:
            raise Refused("EMPTY_PASSWORD", 400)
        # Before the password, which would be told to be right.
        self._from_here(ip, global_admin=False)
        delay_s = self.back_off.delay_s(address, ip)
        if delay_s > 0:
            raise Refused("TRY_AGAIN_LATER", 429, math.ceil(delay_s))
        admin = self.accounts.signing_in.admin(address, password)
        if admin is None:
            self.back_off.failed(address, ip)
            raise wrong_credentials()
        self._from_here(ip, global_admin=admin.global_admin)
        self.back_off.succeeded(address, ip)
        session = self.accounts.sessions.create(address, ip)
        self.accounts.signing_in.note(address, ip, f"Signed in: {address}.")
        return session

    def _from_here(self, ip: str, *, global_admin: bool) -> None:
        stored = self.accounts.core.effective()
        lists = [stored.admin_ips] + ([stored.global_admin_ips] if global_admin else [])
        if any(allowed is not None and not within(ip, allowed) for allowed in lists):
            raise not_from_here()

    def sign_out(self, request: Request) -> None:
        """End the session of the cookie, if there is one."""
        session = request.cookies.get(self.cookie)
        if session:
            self.accounts.sessions.delete(session)
            self.accounts.core.rights_changed()

    def caller(self, request: Request, ip: str) -> Caller:
        """Who calls, with the rights of this moment. Raises Refused."""
        token = _bearer(request.headers.get("authorization"))
        if token is not None and self.settings.iredadmin.tokens:
            return self._of_token(token, ip)
        session = request.cookies.get(self.cookie, "")
        return self.callers.of((session, ip), partial(self._of_session, session, ip))

    def _of_session(self, session: str, ip: str) -> Caller:
        found = self.accounts.sessions.find(session, ip)
        if isinstance(found, Missing):
            raise expired() if found is Missing.EXPIRED else not_logged_in()
        caller = self.accounts.signing_in.caller(found.address, ip)
        if caller is None:
            raise not_logged_in()
        return caller

    def _of_token(self, text: str, ip: str) -> Caller:
        # Without delays: nobody guesses 256 bits, and behind a proxy one wrong token would shut out all others.
        token = self.accounts.core.tokens.find(text)
        caller = self.accounts.signing_in.caller(token.admin, ip) if token else None
        if token is None or caller is None:
            raise wrong_credentials()
        self._from_here(ip, global_admin=caller.global_admin)
        if token.domains:
            reach = frozenset(token.domains) if caller.global_admin else caller.domains & frozenset(token.domains)
            caller = replace(caller, global_admin=False, domains=reach, creator=None)
        return replace(caller, read_only=not token.write)


def _bearer(header: str | None) -> str | None:
    scheme, _, token = (header or "").strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def within(ip: str, allowed: Iterable[str]) -> bool:
    """Whether an address is one of, or in one of the networks of, a list. What cannot be read allows nobody."""
    try:
        address = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(network is not None and address in network for network in map(_network, allowed))


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None
