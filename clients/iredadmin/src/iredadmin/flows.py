"""The conversations of the API without I/O: generators that yield a step and are sent what came of it.

A step is a Request, which is sent its Response, or SignIn, which is sent None once there is a session. `run` and
`run_async` drive them; errors of the network end the flow.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast
from urllib.parse import parse_qs, urljoin, urlsplit

from iredadmin import encode
from iredadmin.contract import DRY_RUN, ROUTES, Param, Route
from iredadmin.errors import (
    AnswerError,
    CallFailed,
    InvalidCredentials,
    IRedAdminError,
    LoginRequired,
    NotSupported,
    Unavailable,
    failure,
)

T = TypeVar("T")

REDIRECTS = 3
HIDDEN = "***"
SECRETS = frozenset(param.name for route in ROUTES.values() for param in route.params if param.secret)
HARMLESS = frozenset({"limit", "after"})
"""What only Postroom knows, and another server may ignore: it answers all rows then."""


@dataclass(frozen=True, slots=True)
class Request:
    """A form (POST, PUT) or a query (GET, DELETE). `url` lacks the query."""

    method: str
    url: str
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    cookie: str = field(default="", repr=False)

    @property
    def has_body(self) -> bool:
        return self.method in {"POST", "PUT"}


@dataclass(frozen=True, slots=True)
class Response:
    """`location` is where the server redirects to; `cookies` are `name=value` as it sets them."""

    code: int
    reason: str
    location: str | None
    body: bytes = field(repr=False)
    cookies: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Make a session, unless somebody did since there were `seen` attempts."""

    seen: int


Flow = Generator[Request | SignIn, Any, T]


@dataclass(slots=True)
class Session:
    """What a client knows of its server. `roots` are the URLs under which the API may be, `root` the one where it is.

    `attempts` counts the sign-ins; `error` is what the last one failed with. `ours`: the server proved to be Postroom.
    `cookie` is that of the sign-in and of no other answer: servers hand out a fresh one to calls without a session, and
    such an answer that comes late must not displace the new session.
    """

    roots: tuple[str, ...]
    username: str
    password: str = field(repr=False)
    token: str | None = field(repr=False)
    ready: bool = False
    attempts: int = 0
    error: IRedAdminError | None = None
    root: str = ""
    cookie: str = field(default="", repr=False)
    ours: bool = False

    def __post_init__(self) -> None:
        self.root = self.roots[0]
        self.ready = self.token is not None


def run(flow: Flow[T], send: Callable[[Request], Response], sign_in: Callable[[int], None]) -> T:
    """Drive a flow; `send` raises ConnectionFailed when no answer comes."""
    try:
        step = next(flow)
        while True:
            if isinstance(step, SignIn):
                sign_in(step.seen)
                step = next(flow)
            else:
                step = flow.send(send(step))
    except StopIteration as stop:
        return cast(T, stop.value)


async def run_async(
    flow: Flow[T], send: Callable[[Request], Awaitable[Response]], sign_in: Callable[[int], Awaitable[None]]
) -> T:
    """The same for coroutines."""
    try:
        step = next(flow)
        while True:
            if isinstance(step, SignIn):
                await sign_in(step.seen)
                step = next(flow)
            else:
                step = flow.send(await send(step))
    except StopIteration as stop:
        return cast(T, stop.value)


def sign_in(session: Session) -> Flow[None]:
    """Log in, and note where the API is: a bare host has it under `/iredadmin/api` or under `/api`."""
    form = {"username": session.username, "password": session.password}
    first: AnswerError | None = None
    for root in session.roots:
        request = Request("POST", f"{root}/login", form)
        response = yield request
        try:
            _answer(request, response, root)
        except AnswerError as error:
            first = first or error
        else:
            session.root, session.cookie, session.ready = root, "; ".join(response.cookies), True
            return
    raise first or AnswerError("There is no URL to sign in at.")


def sign_out(session: Session) -> Flow[bool]:
    """End the session; whether the server knows how to."""
    if not session.ready or session.token is not None:
        return False
    request = Request("POST", f"{session.root}/logout", cookie=session.cookie)
    session.ready, session.cookie = False, ""
    try:
        _answer(request, (yield request), session.root)
    except (AnswerError, CallFailed):
        return False
    return True


def call(session: Session, method: str, path: str, form: Mapping[str, str]) -> Flow[dict[str, Any]]:
    """Any call: the whole envelope of its success. A session that has ended is renewed once."""
    if not session.ready:
        yield SignIn(session.attempts)
    seen = session.attempts
    try:
        return (yield from _exchange(session, method, path, form))
    except LoginRequired:
        if session.token is not None:
            raise
    yield SignIn(seen)
    return (yield from _exchange(session, method, path, form))


def invoke(session: Session, key: str, places: Iterable[object], arguments: Mapping[str, object]) -> Flow[Any]:
    """A call of the table: its `_data`, or None when it changes something."""
    route = ROUTES[key]
    path, form = encode.path(route, places), encode.form(_params(route), arguments)
    yield from _understood(session, route, form)
    envelope = yield from call(session, route.method, path, form)
    return encode.data(route, envelope)


def invoke_any(session: Session, method: str, path: str, arguments: Mapping[str, object]) -> Flow[dict[str, Any]]:
    """A call that need not be in the table: its whole envelope. Raises ValueError for what is no call."""
    verb = method.upper()
    if verb not in {"GET", "POST", "PUT", "DELETE"}:
        raise ValueError(f"method: expected GET, POST, PUT or DELETE, not {method!r}")
    quoted, form = encode.plain_path(path), encode.plain_form(arguments)
    if form.get(DRY_RUN.name, "no") != "no":
        yield from _prove(session, [DRY_RUN.name])
    return (yield from call(session, verb, quoted, form))


def ready(session: Session) -> Flow[None]:
    """Sign in anew; with a token there is nothing to sign in to."""
    if session.token is None:
        yield SignIn(session.attempts)


class Pages:
    """The rows of a list, page by page. Servers without paging answer all of them at once."""

    def __init__(
        self, session: Session, key: str, places: Iterable[object], arguments: Mapping[str, object], size: int
    ) -> None:
        if size < 1:
            raise ValueError(f"page_size: expected 1 or more, not {size}")
        self._session, self._route = session, ROUTES[key]
        self._path = encode.path(self._route, places)
        self._form = encode.form(self._route.params, {**arguments, "limit": size})
        self.more = True

    def next(self) -> Flow[list[Any]]:
        """The rows of the next page."""
        yield from _understood(self._session, self._route, self._form)
        envelope = yield from call(self._session, self._route.method, self._path, self._form)
        after = envelope.get("_next")
        if after is not None and str(after) == self._form.get("after"):
            raise AnswerError(f"{self._path}: the list does not go on: the server names the same page again.")
        self.more = after is not None
        self._form = {**self._form, "after": str(after)}
        data = envelope.get("_data") or []
        return list(data.values()) if isinstance(data, dict) else list(data)


def _params(route: Route) -> tuple[Param, ...]:
    return (*route.params, DRY_RUN) if route.changes else route.params


def _understood(session: Session, route: Route, form: Mapping[str, str]) -> Flow[None]:
    extras = {param.name for param in _params(route) if param.ours} & form.keys() - HARMLESS
    if extras and not route.ours:
        yield from _prove(session, extras)


def _prove(session: Session, extras: Iterable[str]) -> Flow[None]:
    """Servers ignore parameters that they do not know: asked for a dry run, another one would do it in earnest.

    So these are sent only to a server that has a call which only Postroom has. Raises NotSupported.
    """
    if session.ours:
        return
    log = ROUTES["log.list"]
    try:
        yield from call(session, log.method, log.paths[0], {"limit": "1"})
    except (Unavailable, InvalidCredentials):
        raise
    except (AnswerError, CallFailed) as error:
        raise NotSupported(f"This server does not know {', '.join(sorted(extras))}; nothing was sent.") from error
    session.ours = True


def _exchange(session: Session, method: str, path: str, form: Mapping[str, str]) -> Flow[dict[str, Any]]:
    request = Request(method, session.root + path, form, session.cookie)
    response: Response = yield request
    for _ in range(REDIRECTS):
        if method != "GET" or (target := _slashless(request, response)) is None:
            break
        request = replace(request, url=target)
        response = yield request
    return _answer(request, response, session.root)


def _slashless(request: Request, response: Response) -> str | None:
    """Where to ask again: the original sends `/x/` to `/x`, and to nothing else that we should follow."""
    if response.location is None:
        return None
    target = urlsplit(urljoin(request.url, response.location))
    asked = urlsplit(request.url)
    if (target.scheme, target.netloc, target.path) != (asked.scheme, asked.netloc, asked.path.rstrip("/")):
        return None
    return target._replace(query="", fragment="").geturl()


def _answer(request: Request, response: Response, root: str) -> dict[str, Any]:
    """The envelope of a success. The HTTP code is not asked: the original does not document any.

    Raises CallFailed and AnswerError.
    """
    path = request.url.removeprefix(root)
    if response.location is not None:
        raise _redirected(request, response, path)
    try:
        envelope = encode.decode(response.body)
    except AnswerError as error:
        raise AnswerError(_not_json(request, response)) from error
    # The first version had these keys without the dash (reference section 1).
    succeeded = envelope.get("_success", envelope.get("success")) if isinstance(envelope, dict) else None
    if not isinstance(succeeded, bool):
        raise AnswerError(f"{request.method} {request.url}: the answer is JSON, but not one of this API.")
    if succeeded:
        return cast(dict[str, Any], envelope)
    if response.code == 404 and request.url.endswith("/login"):
        raise AnswerError(f"{request.url}: the API is not there.")
    raise failure(_hidden(str(envelope.get("_msg", envelope.get("msg")) or ""), request), request.method, path)


def _redirected(request: Request, response: Response, path: str) -> IRedAdminError:
    """The panel sends whoever has no session to its login page, with the reason in the query."""
    target = urlsplit(urljoin(request.url, response.location))
    if target.path.rstrip("/").endswith("/login") and not request.url.endswith("/login"):
        reason = parse_qs(target.query).get("msg", ["LOGIN_REQUIRED"])[0]
        error = failure(reason, request.method, path)
        return error if isinstance(error, LoginRequired) else LoginRequired("LOGIN_REQUIRED", *error.args[1:])
    shown = target._replace(query="", fragment="").geturl()
    return AnswerError(f"{request.method} {request.url}: the server redirects to {shown}. Is the URL right?")


def _not_json(request: Request, response: Response) -> str:
    what = "a web page" if response.body.lstrip()[:1] == b"<" else "no JSON"
    return (
        f"{request.method} {request.url}: HTTP {response.code} {response.reason}, and the answer is {what}. "
        "Is the URL right, and the API switched on (ENABLE_RESTFUL_API)?"
    )


def _hidden(message: str, request: Request) -> str:
    """The original hands out texts of its database driver, which may quote what was sent."""
    for name in SECRETS & request.form.keys():
        if len(secret := request.form[name]) > 3:
            message = message.replace(secret, HIDDEN)
    return message
