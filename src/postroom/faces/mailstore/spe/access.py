"""Who may call the Management API: administrators of the installation, no users of instances."""

from __future__ import annotations

import math
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request

from mailstore.contract import Function
from postroom.archive.instance.audit import Actor
from postroom.archive.instance.identifiers import name_key
from postroom.archive.management.administrators import Administrator
from postroom.archive.management.management import Management
from postroom.faces.mailstore.spe.call import CLIENT
from postroom.web.auth import Credentials, from_other_site, is_loopback, names_this_machine, parse_basic
from postroom.web.backoff import BackOff
from postroom.web.sessions import Sessions
from postroom.web.threads import Threads

CHALLENGE = {"WWW-Authenticate": 'Basic realm="Postroom Management API", charset="UTF-8"'}
WRONG = "User name or password is wrong. Where a second factor is on, programs need the API password."


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and from which address."""

    administrator: Administrator
    address: str

    @property
    def name(self) -> str:
        return self.administrator.name


@dataclass(frozen=True, slots=True)
class SignIn:
    """Checks names and passwords."""

    management: Management
    back_off: BackOff
    sessions: Sessions
    threads: Threads

    async def caller(self, request: Request, given: Credentials, code: str | None = None) -> Caller:
        """Whose credentials these are.

        Raises HTTPException: 401 for wrong ones, 429 after too many of them, 403 with the first password from afar.
        """
        address = request.client.host if request.client else ""
        administrator = await self.threads.run(lambda: self._administrator(given, code, address))
        self.check_local(administrator, request, address)
        return self.seen(administrator, request, address)

    def seen(self, administrator: Administrator, request: Request, address: str) -> Caller:
        """Note a request."""
        self.sessions.seen(administrator.name, CLIENT, address)
        request.state.user = administrator.name
        return Caller(administrator, address)

    def check_local(self, administrator: Administrator, request: Request, address: str) -> None:
        local = is_loopback(address) and names_this_machine(request.headers.get("host"))
        if administrator.default_password and not local:
            name = administrator.name
            raise HTTPException(
                403, f"Change the password of {name} first: with the first one only localhost is let in."
            )

    def _administrator(self, given: Credentials, code: str | None, address: str) -> Administrator:
        # Names of the Server's users are other names: their failures must not count here, nor their successes.
        key = f"$spe {name_key(given.user)}"
        if delay_s := math.ceil(self.back_off.delay_s(key, address)):
            message = f"Too many failed logins. Try again in {delay_s} seconds."
            raise HTTPException(429, message, {"Retry-After": str(delay_s)})
        by = Actor(given.user, CLIENT, address)
        found = self.management.administrators.authenticate(given.user, given.password, by, code=code)
        if found is None:
            self.back_off.failed(key, address)
            raise HTTPException(401, WRONG, CHALLENGE)
        self.back_off.succeeded(key, address)
        return found


@dataclass(frozen=True, slots=True)
class BasicAccess:
    """The password with each request."""

    sign_in: SignIn

    async def caller(self, request: Request) -> Caller:
        """Who asks. Raises HTTPException as `SignIn.caller`, and 401 without credentials."""
        if from_other_site(request.headers):
            raise HTTPException(403, "A page of another site may not call this API.")
        given = parse_basic(request.headers.get("authorization"))
        if given is None:
            raise HTTPException(401, "User name and password are needed.", CHALLENGE)
        return await self.sign_in.caller(request, given)

    async def permit(self, caller: Caller, function: Function) -> None:
        """An administrator may call everything; whether an instance lets them in, is asked there."""
