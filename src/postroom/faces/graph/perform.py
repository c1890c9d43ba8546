"""From a request to its answer, without a connection: route, token, limits, options, handler, shape."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import uuid4

from postroom.errors import Damaged, PostroomError, Unavailable
from postroom.faces.graph import errors, prefer, queries, shape, strict
from postroom.faces.graph.access import Verifier, caller_of, check, check_user, mailbox_of
from postroom.faces.graph.bodies import read_json
from postroom.faces.graph.call import NOBODY, Call
from postroom.faces.graph.dispatch import Handler
from postroom.faces.graph.errors import Refused
from postroom.faces.graph.message import Answer, Incoming
from postroom.faces.graph.path import parse
from postroom.faces.graph.queries import Query
from postroom.faces.graph.route import USER, Family, Route, Takes
from postroom.faces.graph.table import Found, Table
from postroom.faces.graph.throttle import Faults, Limits
from postroom.settings import Graph as Settings
from postroom.settings import Web
from postroom.web.backoff import BackOff
from postroom.web.tls import MICROSOFT
from postroom.workspace.errors import UnknownProperty
from postroom.workspace.query.names import check_options
from postroom.workspace.query.options import Options
from postroom.workspace.query.steps import structure
from postroom.workspace.signin.caller import Caller
from postroom.workspace.store.arriving import Arriving
from postroom.workspace.workspace import Workspace

logger = logging.getLogger(__name__)

VERSIONS: Final = ("v1.0", "beta")
JSON: Final = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
DIAGNOSTIC: Final = json.dumps(
    {"ServerInfo": {"DataCenter": "Local", "Slice": "E", "Ring": "1", "ScaleUnit": "000", "RoleInstance": "postroom"}},
    separators=(",", ":"),
)
MIME: Final = "text/plain"
"""The type of a message that is given whole, in base64."""
_ASKED: Final = (501, 507)
"""Answers to what was asked, as often as somebody asks: no faults of the server."""
_BYTES: Final[frozenset[Takes]] = frozenset({"bytes", "upload"})


@dataclass(frozen=True, slots=True)
class Located:
    """A request whose route is known; nothing is checked yet."""

    found: Found
    query: Query
    version: str
    path: str
    """Behind the version, as it was sent."""


@dataclass(frozen=True, slots=True)
class Service:
    """All of Graph. `answer` is quick but asks files and databases: call it in a thread."""

    workspace: Workspace
    verifier: Verifier
    table: Table
    handlers: Mapping[str, Handler]
    settings: Settings
    limits: Limits
    faults: Faults
    back_off: BackOff = field(default_factory=lambda: BackOff(Web()))
    """Of who gives wrong passwords with a token."""

    def locate(self, incoming: Incoming) -> Located:
        """Raises Refused."""
        query = queries.parse(incoming.query)
        address = parse(incoming.path, query.aliases)
        if address.version not in VERSIONS:
            raise Refused(400, "BadRequest", f"Invalid version: {address.version}")
        path = "/" + incoming.path.lstrip("/").partition("/")[2].lstrip("/")
        return Located(self.table.find(incoming.method, address.segments), query, address.version, path)

    def most_bytes(self, route: Route, media_type: str) -> int:
        """How large a body of this type may be."""
        takes = route.takes
        if takes == "stream":
            return self.settings.upload_bytes
        if takes in _BYTES or (takes == "mime" and media_type == MIME):
            return self.settings.content_bytes
        return self.settings.message_json_bytes if takes in ("message", "mime") else self.settings.json_bytes

    def admit(self, incoming: Incoming, route: Route) -> Caller:
        """Who calls. Raises Refused for who may not call this route."""
        if route.open:
            return NOBODY
        authority = self._base(incoming)
        caller = caller_of(incoming.headers.get("authorization"), self.verifier, authority)
        check(route, caller)
        return caller

    def answer(self, incoming: Incoming, located: Located | None = None) -> Answer:
        """The whole answer, with the headers that all have; errors are answers too."""
        ids = _ids(incoming)
        family: Family = located.found.route.family if located else "core"
        route = "-"
        try:
            located = located or self.locate(incoming)
            family, route = located.found.route.family, located.found.route.key
            made = self._answer(incoming, located)
        except PostroomError as error:
            made = self._failed(error, family, ids)
        if not made.route or made.route == "-":
            made = replace(made, route=route)
        return _finished(made, ids)

    def refused(self, error: PostroomError, incoming: Incoming, family: Family = "core") -> Answer:
        """The answer to a request that did not get as far as `answer`."""
        ids = _ids(incoming)
        return _finished(self._failed(error, family, ids), ids)

    def broken(self, log_id: str) -> Answer:
        """The answer to a request that met what nobody expected; the log has it under `log_id`."""
        told = errors.Wire(500, "InternalServerError", f"Something broke; the server's log has it as {log_id}.")
        ids = _ids(Incoming("GET", "/"))
        return _finished(Answer(500, errors.body(told, *ids, self.workspace.clock())), ids)

    def _failed(self, error: PostroomError, family: Family, ids: tuple[str, str]) -> Answer:
        if isinstance(error, Damaged | Unavailable):
            logger.warning("%s", error, exc_info=error.__cause__)
        told = errors.wire(error, family)
        if told.status >= 500 and told.status not in _ASKED and not isinstance(error, Damaged | Unavailable | Refused):
            logger.error("%s", error, exc_info=error)
        return Answer(told.status, errors.body(told, *ids, self.workspace.clock()), told.headers)

    def _answer(self, incoming: Incoming, located: Located) -> Answer:
        found = located.found
        self.faults.meet(incoming.method, located.path)
        caller = self.admit(incoming, found.route)
        mailbox = self._mailbox(found, caller)
        self._check_user(found, caller, mailbox)
        who = (caller.app_id, mailbox or caller.user_id or "", found.route.family)
        # Of a route that needs no token nobody knows whose request it is.
        with nullcontext() if found.route.open else self.limits.within(*who):
            call = self._call(incoming, located, caller, mailbox)
            if self.settings.strict_queries:
                strict.check(found.route, call.options, eventual=call.eventual, counting=found.rest == ("$count",))
            result = self.handlers[found.route.key](call, *found.keys)
            made = shape.answer(result, call, found, incoming.query)
        return replace(made, route=found.route.key, user=caller.user_id or caller.app_id)

    def _mailbox(self, found: Found, caller: Caller) -> str:
        """Whose the path is, empty where it names nobody."""
        place = dict(found.place)
        if not found.route.path.startswith(USER) and place.keys().isdisjoint(("me", "user")):
            return ""
        # Guests have no mailbox, and are in the directory.
        directory = found.route.family == "directory"
        people = self.workspace.directory.everybody if directory else self.workspace.people
        return mailbox_of(found.route, caller, place.get("user", found.user), people)

    def _base(self, incoming: Incoming) -> str:
        """Scheme and host for links; who came by the proxy stays with its names, it leads nowhere else."""
        host = incoming.origin.partition("://")[2].partition(":")[0]
        return incoming.origin if host in MICROSOFT else self.settings.base_url.rstrip("/") or incoming.origin

    def _check_user(self, found: Found, caller: Caller, mailbox: str) -> None:
        directory, signin, user = self.workspace.directory, self.workspace.signin, caller.user_id or ""

        def admin() -> bool:
            person = self.workspace.people.find(user)
            return person is not None and signin.is_admin(person)

        check_user(found.route, caller, mailbox, lambda: directory.owns(found.keys[0], user), admin)

    def _call(self, incoming: Incoming, located: Located, caller: Caller, mailbox: str) -> Call:
        found = located.found
        preferred = prefer.parse(incoming.headers.get("prefer", ""))
        media_type = incoming.media_type
        base = self._base(incoming)
        return Call(
            self.workspace,
            caller,
            found.route,
            base_url=f"{base}/{located.version}",
            path=located.path,
            mailbox=mailbox,
            options=_options(found, located.query, preferred.page_size),
            body=_body(incoming.body, media_type, found.route.takes),
            media_type=media_type,
            prefer=preferred,
            headers=incoming.headers,
            arguments=found.arguments,
            parameters=located.query.parameters or {},
            cast=found.cast,
            place=found.place,
            tail=found.tail,
            incoming=incoming,
            perform=self.answer,
            back_off=self.back_off,
        )


def _options(found: Found, query: Query, page_size: int | None) -> Options:
    """Raises Refused, also for a name that the type of the answer does not have; Invalid."""
    options = _parsed(found, query, page_size)
    kind = structure(found.cast or found.route.type)
    try:
        if kind is not None:
            check_options(options, kind)
    except UnknownProperty as error:
        message = f"Could not find a property named '{error.name}' on type 'microsoft.graph.{error.type_name}'."
        code = "Request_BadRequest" if found.route.family == "directory" else "BadRequest"
        raise Refused(400, code, message) from error
    return options


def _parsed(found: Found, query: Query, page_size: int | None) -> Options:
    if found.rest == ("$count",):
        # Counted is what the filter leaves; nothing of it is shown.
        kept = [pair for pair in query.options if queries.bare(pair[0]) in ("filter", "search")]
        return replace(queries.options_for(found.route, kept, None), count=True, top=1)
    if found.rest and found.rest != ("$ref",):
        return queries.options_for(found.route, [("$select", found.rest[0])], None)
    return queries.options_for(found.route, query.options, page_size)


def _body(content: bytes | Arriving, media_type: str, takes: Takes) -> Any:
    """Raises Refused: 415 for a type that the route does not take, 400 for JSON that is none."""
    if isinstance(content, Arriving):
        return content
    if takes in _BYTES:
        return content
    if not content.strip():
        return None
    if takes == "mime" and media_type == MIME:
        return content
    if takes == "none":
        return None
    if media_type not in ("application/json", "", "text/json") and not media_type.endswith("+json"):
        raise Refused(415, "BadRequest", f"The media type {media_type!r} is not supported here.")
    return read_json(content)


def _ids(incoming: Incoming) -> tuple[str, str]:
    """The id of this request, and what the client calls it."""
    mine = str(uuid4())
    return mine, incoming.headers.get("client-request-id", "")[:128] or mine


def _finished(made: Answer, ids: tuple[str, str]) -> Answer:
    headers = {
        "request-id": ids[0],
        "client-request-id": ids[1],
        "x-ms-ags-diagnostic": DIAGNOSTIC,
        "OData-Version": "4.0",
        "Cache-Control": "private",
        **made.headers,
    }
    media_type = made.media_type
    if not media_type and made.content is not None:
        media_type = JSON
    return replace(made, headers=headers, media_type=media_type)
