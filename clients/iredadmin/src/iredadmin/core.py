"""What the sync and the async clients share: options, checks, and the state of the session. No I/O."""

from __future__ import annotations

import copy
import logging
import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

import httpx2

from iredadmin import flows
from iredadmin.errors import ConnectionFailed, IRedAdminError

FORM = "application/x-www-form-urlencoded"
PANEL = "/iredadmin"
"""Where a default installation has the panel, and below it the API."""
log = logging.getLogger("iredadmin")


class Core:
    """A client without its transport; see `iredadmin.Client` for the arguments."""

    def __init__(
        self,
        base_url: str,
        username: str,
        password: str,
        *,
        ca_file: str | os.PathLike[str] | None,
        verify: bool | ssl.SSLContext,
        timeout: float | None,
        token: str | None,
        strict: bool | None,
    ) -> None:
        if not (username or token):
            raise ValueError("username: expected the address of an admin, or a token instead")
        self._session = flows.Session(roots(base_url), username, password, token)
        self._tls = _tls(verify, ca_file)
        self._timeout, self._strict = timeout, strict

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__} {self.username or 'token'} at {self.base_url}>"

    @property
    def username(self) -> str:
        return self._session.username

    @property
    def base_url(self) -> str:
        """The URL of the API; for a bare host that of the first place where it may be, until it is found."""
        return self._session.root

    def _transport_options(self) -> dict[str, Any]:
        """Arguments of the HTTP client. Redirects are the flows' matter."""
        headers = {"Accept": "application/json"}
        if self._session.token is not None:
            headers["Authorization"] = f"Bearer {self._session.token}"
        if self._strict is not None:
            headers["Prefer"] = f"handling={'strict' if self._strict else 'lenient'}"
        # The flows carry the session's cookie; this jar takes none.
        jar = CookieJar(DefaultCookiePolicy(allowed_domains=()))
        return {"headers": headers, "verify": self._tls, "timeout": self._timeout, "cookies": jar}

    def _parts(self, request: flows.Request) -> dict[str, Any]:
        """Arguments of an HTTP request. DELETE too has its options in the query (reference section 2)."""
        log.debug("%s %s with %s", request.method, request.url, ", ".join(request.form) or "nothing")
        encoded = urlencode(request.form)
        headers = {"Cookie": request.cookie} if request.cookie else {}
        if request.has_body:
            body, headers["Content-Type"] = encoded.encode("ascii"), FORM
            return {"method": request.method, "url": request.url, "content": body, "headers": headers}
        url = f"{request.url}?{encoded}" if encoded else request.url
        return {"method": request.method, "url": url, "headers": headers}

    def _received(self, answer: httpx2.Response) -> flows.Response:
        location = answer.headers.get("location") if answer.is_redirect else None
        cookies = (text.partition(";")[0].strip() for text in answer.headers.get_list("set-cookie"))
        kept = tuple(cookie for cookie in cookies if cookie.partition("=")[2])
        return flows.Response(answer.status_code, answer.reason_phrase, location, answer.content, kept)

    def _broken(self, error: httpx2.RequestError) -> ConnectionFailed:
        return ConnectionFailed(f"{self.base_url}: {_cause(error)}")

    @contextmanager
    def _attempt(self) -> Iterator[None]:
        """Around a sign-in, while nobody else signs in: what came of it is for those too who wait meanwhile."""
        session = self._session
        try:
            yield
        except IRedAdminError as error:
            session.ready, session.error = False, error
            session.attempts += 1
            raise
        session.error = None
        session.attempts += 1

    def _settled(self, seen: int) -> bool:
        """Whether somebody signed in since. Raises what that failed with: a wrong password is tried once."""
        session = self._session
        if session.attempts == seen:
            return False
        if session.error is not None:
            raise copy.copy(session.error)
        return True


def roots(base_url: str) -> tuple[str, ...]:
    """The URLs under which the API may be.

    `https://host/iredadmin` and `https://host/iredadmin/api` are the same; a bare host may have it under both prefixes
    of a default installation. Raises ValueError.
    """
    parts = urlsplit(base_url.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or " " in parts.netloc:
        raise ValueError(f"base_url: expected one like https://mail.example.com/iredadmin, not {_shown(parts)!r}")
    if parts.username or parts.query or parts.fragment:
        raise ValueError("base_url: expected no user, query or fragment in it")
    host = f"{parts.scheme}://{parts.netloc}"
    try:
        httpx2.URL(host)
    except httpx2.InvalidURL as error:
        raise ValueError(f"base_url: {error}") from error
    path = "/" + "/".join(part for part in parts.path.split("/") if part)
    if path == "/":
        return (f"{host}{PANEL}/api", f"{host}/api")
    return (host + path if path.endswith("/api") else f"{host}{path}/api",)


def _shown(parts: SplitResult) -> str:
    """Without the user, whose password may be there."""
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _tls(verify: bool | ssl.SSLContext, ca_file: str | os.PathLike[str] | None) -> ssl.SSLContext:
    if isinstance(verify, ssl.SSLContext):
        return verify
    context = ssl.create_default_context(cafile=ca_file)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _cause(error: httpx2.RequestError) -> str:
    """The reason in a sentence; that of a refused certificate lies below the layers of the HTTP library."""
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, ssl.SSLCertVerificationError):
            return (
                f"the server's certificate is not trusted ({below.verify_message}). "
                "Give the file of its authority as ca_file, or verify=False."
            )
        below = below.__cause__ or below.__context__
    if isinstance(error, httpx2.TimeoutException):
        return "no answer within the time given."
    return str(error) or type(error).__name__
