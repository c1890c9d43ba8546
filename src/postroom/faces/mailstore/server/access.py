"""Who may call the Administration API."""

from __future__ import annotations

import math
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request

from mailstore.contract import Function
from postroom.archive.instance import events
from postroom.archive.instance.audit import Actor
from postroom.archive.instance.identifiers import name_key
from postroom.archive.instance.privileges import Account
from postroom.faces.mailstore.server.call import CLIENT, Archive
from postroom.web.auth import Credentials, from_other_site, is_loopback, names_this_machine, parse_basic
from postroom.web.backoff import BackOff
from postroom.web.sessions import Sessions
from postroom.web.threads import Threads

# Clients of the original wait for the challenge before they send anything, so it is in each 401.
CHALLENGE = {"WWW-Authenticate": 'Basic realm="Postroom Administration API", charset="UTF-8"'}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, from which address (empty: from none), and through which door."""

    account: Account
    address: str
    client: str = CLIENT

    @property
    def name(self) -> str:
        return self.account.name

    @property
    def by(self) -> Actor:
        return Actor(self.account.name, self.client, self.address or None)


@dataclass(frozen=True, slots=True)
class Access:
    """Checks the credentials of requests."""

    archive: Archive
    back_off: BackOff
    sessions: Sessions
    threads: Threads

    async def caller(self, request: Request) -> Caller:
        """Who asks; a user of any kind, so `permit` comes next where a function is called.

        Raises HTTPException: 401 without right credentials, 429 after too many wrong ones, 403 for who may not use
        this API, or only from this machine.
        """
        if from_other_site(request.headers):
            raise HTTPException(403, "A page of another site may not call this API.")
        credentials = parse_basic(request.headers.get("authorization"))
        if credentials is None:
            raise HTTPException(401, "User name and password are needed.", CHALLENGE)
        address = request.client.host if request.client else ""
        account = await self.threads.run(lambda: self._account(credentials, address))
        _check(account, request, address)
        self.sessions.seen(account.name, CLIENT, address)
        request.state.user = account.name
        return Caller(account, address)

    async def permit(self, caller: Caller, function: Function) -> None:
        """Raises HTTPException 403, and logs it, when this user may not call this function at all."""
        if function.users or caller.account.is_admin:
            return
        audit = self.archive.instance.audit
        await self.threads.run(lambda: audit.record(events.API_CALL, caller.by, ok=False, target=function.name))
        raise HTTPException(403, f"The user {caller.account.name} needs the privilege admin for {function.name}.")

    def _account(self, credentials: Credentials, address: str) -> Account:
        # Asked here, in the thread: of many tries at once only those that already run get past it.
        # By the key under which users are found: another spelling of the name must not begin a new count.
        user = name_key(credentials.user)
        delay_s = math.ceil(self.back_off.delay_s(user, address))
        if delay_s:
            message = f"Too many failed logins. Try again in {delay_s} seconds."
            raise HTTPException(429, message, {"Retry-After": str(delay_s)})
        by = Actor(credentials.user, CLIENT, address)
        account = self.archive.authenticate(credentials.user, credentials.password, by)
        if account is None:
            self.back_off.failed(user, address)
            raise HTTPException(401, "User name or password is wrong.", CHALLENGE)
        self.back_off.succeeded(user, address)
        return account


def _check(account: Account, request: Request, address: str) -> None:
    local = is_loopback(address) and names_this_machine(request.headers.get("host"))
    if account.default_password and not local:
        message = f"Change the password of {account.name} first: with the default one only localhost is answered."
        raise HTTPException(403, message)
    if not account.may("login"):
        raise HTTPException(403, f"The user {account.name} needs the privilege login.")
    if not account.may_login(CLIENT):
        raise HTTPException(403, f"The user {account.name} needs the login privilege {CLIENT}.")
