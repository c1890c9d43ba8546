"""Requests to a Microsoft Graph through our O365 client: signed in, a few at once, patient with a busy server.

A server that is busy (429, 503) is waited for as long as it says, by all threads; one that stays busy is Unavailable.
A single answer that cannot be had (dropped, not to be understood, 500) is Broken: others may still come.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit

from postroom import extras
from postroom.archive.profiles.connector import Context
from postroom.archive.profiles.connectors.graph_answers import Odd, decoded, plain, refusal, retry_after_s
from postroom.archive.profiles.connectors.graph_answers import Refused as Refused
from postroom.archive.profiles.connectors.graph_keys import Login
from postroom.errors import Cancelled, Denied, Unavailable

if TYPE_CHECKING:
    from requests import Response

    from O365 import Account

T = TypeVar("T")

IMMUTABLE: Final = 'IdType="ImmutableId"'
"""Ids that stay when a message is moved."""
BUSY: Final = frozenset({429, 503})
DONE: Final = frozenset({200, 201, 202, 204})
"""A part (206) is no message, and nobody is followed to another place (302)."""
FAILED: Final = frozenset({408, 500, 502, 504, 509})


@dataclass(frozen=True, slots=True)
class Patience:
    """`tries` of one request to a server that is busy, `broken_tries` when something else goes wrong. Waits in seconds:
    the first when the server names none (doubled each time), the longest that it may name. So many answers that are
    Broken one after the other mean that the server is away."""

    tries: int = 10
    broken_tries: int = 4
    first_wait_s: float = 1.0
    longest_wait_s: float = 600.0
    most_broken: int = 5


class Broken(Unavailable):
    """One answer could not be had, however often it was asked for; others may be."""


class Session:
    """One sign-in. Safe from threads; `close` ends what waits in them."""

    def __init__(self, account: Account, login: Login, context: Context, connections: int, patience: Patience) -> None:
        self.base = login.graph_url
        self._account, self._context, self._patience = account, context, patience
        self._origin = _origin(login.graph_url)
        self._slots = threading.BoundedSemaphore(connections)
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._quiet_until = 0.0
        self._broken = 0

    def close(self) -> None:
        self._closed.set()

    def url(self, path: str) -> str:
        """A path below the version, or a link of the server, which must lead back to it: the token goes along."""
        if not path.startswith(("https:", "http:")):
            return self.base + path
        try:
            leads_back = _origin(path) == self._origin
        except ValueError:
            leads_back = False
        if not leads_back:
            raise Broken(f"The server gives a link that leads elsewhere: {path[:200]!r}.")
        return path

    def short(self, link: str) -> str:
        """A link of the server as `url` takes it, without what all of them begin with."""
        return self.url(link).removeprefix(self.base)

    def json(
        self, path: str, kind: type[T], *, params: dict[str, str] | None = None, prefer: str = IMMUTABLE
    ) -> T | Refused:
        """An answer as `kind`. Raises Unavailable, Denied, Cancelled."""
        headers = {"Prefer": prefer}
        return self.ask("get", path, lambda response: decoded(response, kind), params=params, headers=headers)

    def ask(self, method: str, path: str, read: Callable[[Response], T], **options: Any) -> T | Refused:
        """What `read` makes of the answer; it is called anew for each try, and raises Odd for what it cannot use.

        Raises Unavailable (Broken), Denied, Cancelled, and what `read` raises of our own errors.
        """
        url, tries = self.url(path), 0
        while True:
            tries += 1
            self._wait_while_busy()
            outcome = self._tried(method, url, read, options)
            if not isinstance(outcome, _Again):
                return outcome
            self._check_patience(outcome, tries)
            wait_s = outcome.wait_s
            self._pause(self._patience.first_wait_s * 2 ** (tries - 1) if wait_s is None else wait_s, outcome.busy)

    def _tried(
        self, method: str, url: str, read: Callable[[Response], T], options: dict[str, Any]
    ) -> T | Refused | _Again:
        with self._slots:
            try:
                response = self._answer(method, url, options)
                with response:
                    status = response.status_code
                    if status in BUSY | FAILED:
                        return _again(response, self._context.clock())
                    if status < 400 and status not in DONE:
                        raise Odd(f"an answer with the status {status}")
                    told = refusal(response) if status >= 400 else read(response)
            except (OSError, ValueError) as error:
                # What requests and msal raise when no answer comes, or half of one.
                return _Again(f"no usable answer came ({plain(error)})", busy=False)
        self._broken = 0
        if isinstance(told, Refused) and told.status == 401:
            raise Denied(f"Microsoft Graph refuses the sign-in: {told}.")
        return told

    def _answer(self, method: str, url: str, options: dict[str, Any]) -> Response:
        from O365.connection import TokenExpiredError

        try:
            return self._account.con.oauth_request(url, method, stream=True, allow_redirects=False, **options)
        except (TokenExpiredError, RuntimeError) as error:
            raise Denied(f"The sign-in ended and cannot be renewed: {plain(error)}.") from error

    def _check_patience(self, outcome: _Again, tries: int) -> None:
        patience = self._patience
        if outcome.busy:
            if tries >= patience.tries or (outcome.wait_s or 0) > patience.longest_wait_s:
                raise Unavailable(f"Microsoft Graph stays busy: {outcome.reason}. Run it again later.")
        elif tries >= patience.broken_tries:
            with self._lock:
                self._broken += 1
            if self._broken >= patience.most_broken:
                raise Unavailable(f"Microsoft Graph cannot be reached: {outcome.reason}. Run it again later.")
            raise Broken(f"Microsoft Graph gave no answer: {outcome.reason}.")

    def _pause(self, wait_s: float, busy: bool) -> None:
        """Leave a busy server alone with all threads; another failure is about this one."""
        until = time.monotonic() + min(wait_s, self._patience.longest_wait_s)
        if not busy:
            self._wait_until(lambda: until)
            return
        with self._lock:
            self._quiet_until = max(self._quiet_until, until)

    def _wait_while_busy(self) -> None:
        self._wait_until(lambda: self._quiet_until)

    def _wait_until(self, moment: Callable[[], float]) -> None:
        self._check_stopped()
        while (left := moment() - time.monotonic()) > 0:
            self._closed.wait(min(left, 0.25))
            self._check_stopped()

    def _check_stopped(self) -> None:
        self._context.stop()
        if self._closed.is_set():
            raise Cancelled("The run has ended.")


@dataclass(frozen=True, slots=True)
class _Again:
    """A try that failed; `wait_s`: what the server asked for."""

    reason: str
    busy: bool
    wait_s: float | None = None


@contextmanager
def signed_in(login: Login, context: Context, connections: int, patience: Patience) -> Iterator[Session]:
    """A session that is signed in. Raises WrongState without our client, Denied, Unavailable."""
    extras.require_o365()
    if login.trust is False:
        _take_any_certificate()
        context.note(f"The certificate of {login.graph_url} is not checked.")
    account = _account(login)
    session = Session(account, login, context, connections, patience)
    try:
        _sign_in(account, login)
        yield session
    finally:
        session.close()
        if account.con.session is not None:
            account.con.session.close()


def _account(login: Login) -> Account:
    from O365 import Account
    from O365.utils import MemoryTokenBackend

    credentials = (login.application,) if login.user else (login.application, login.secret)
    account = Account(
        credentials,
        auth_flow_type="password" if login.user else "credentials",
        username=login.user or None,
        password=login.password or None,
        tenant_id=login.tenant,
        authority=login.authority_url,
        base_url=login.graph_url,
        main_resource="",
        verify_ssl=login.trust,
        timeout=login.timeout_s,
        token_backend=MemoryTokenBackend(),
        request_retries=0,  # waiting is for Session, which can be cancelled
        raise_http_errors=False,
    )
    if urlsplit(login.graph_url).hostname in ("localhost", "127.0.0.1", "::1"):
        # A proxy of the environment is for other machines.
        account.con.proxy = {"no_proxy": str(urlsplit(login.graph_url).hostname)}
    return account


def _sign_in(account: Account, login: Login) -> None:
    """Raises Denied with the words of the sign-in service, Unavailable when it does not answer."""
    who = login.user or f"the application {login.application}"
    try:
        if account.authenticate():
            return
    except (OSError, ValueError) as error:
        raise Unavailable(f"The sign-in at {login.authority_url} is not answered: {plain(error)}.") from error
    raise Denied(f"The sign-in of {who} at {login.authority_url} is refused: {account.con.sign_in_error}")


def _take_any_certificate() -> None:
    # urllib3 would warn at each request; that nobody checks is said in the log of the run.
    from urllib3 import disable_warnings
    from urllib3.exceptions import InsecureRequestWarning

    disable_warnings(InsecureRequestWarning)


def _origin(url: str) -> tuple[str, str | None, int]:
    """Raises ValueError for a port that is none."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or 443


def _again(response: Response, now_ms: int) -> _Again:
    wait_s = retry_after_s(response.headers.get("Retry-After", "").strip(), now_ms)
    return _Again(f"the server says {response.status_code}", response.status_code in BUSY, wait_s)
