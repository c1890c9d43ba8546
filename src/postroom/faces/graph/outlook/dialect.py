"""Outlook REST as a dialect of the service of Graph: a request becomes one of Graph, its answer one of Outlook."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

import msgspec

from postroom.errors import PostroomError
from postroom.faces.graph.errors import Refused
from postroom.faces.graph.message import Answer, Incoming
from postroom.faces.graph.outlook import names, push, tracking
from postroom.faces.graph.perform import Located, Service
from postroom.faces.graph.route import Family, Route
from postroom.workspace.schema.types import SCHEMA, EntityType
from postroom.workspace.signin.caller import Caller
from postroom.workspace.signin.scopes import OUTLOOK
from postroom.workspace.signin.tokens import Tokens
from postroom.workspace.store.arriving import Arriving

_BELOW_OUTLOOK: Final = re.compile(
    r"^(/*(?:me|users/[^/]+|users\([^)]*\))/+)(?:outlook/+)?(mastercategories|taskgroups|taskfolders|tasks)(?=/|\(|$)",
    re.IGNORECASE,
)
"""What Graph has below `/outlook`."""
_AS_THEY_ARE: Final = frozenset({"value", "error"})
SETS: Final = {
    "message": "Messages",
    "mailFolder": "MailFolders",
    "event": "Events",
    "calendar": "Calendars",
    "calendarGroup": "CalendarGroups",
    "contact": "Contacts",
    "contactFolder": "ContactFolders",
    "outlookTask": "Tasks",
    "outlookTaskFolder": "TaskFolders",
    "outlookTaskGroup": "TaskGroups",
    "subscription": "Subscriptions",
}
"""Where entities are read whatever path led to them."""


@dataclass(frozen=True, slots=True)
class OutlookTokens:
    """Takes tokens that were made for Outlook, which Graph refuses, and no others."""

    tokens: Tokens

    def verify(self, text: str) -> Caller:
        return self.tokens.verify(text, OUTLOOK)


@dataclass(frozen=True, slots=True)
class Outlook:
    """The methods are those of `Service`, and its `verifier` is one for tokens of Outlook."""

    service: Service

    def locate(self, incoming: Incoming) -> Located:
        """Raises Refused."""
        version = names.VERSION.match(incoming.path)
        if version is None:
            raise Refused(400, "BadRequest", "The path names no version of Outlook REST.")
        rest = incoming.path[version.end() :]
        path = _BELOW_OUTLOOK.sub(r"\1outlook/\2", push.path(rest))
        asked = replace(incoming, path=f"/v1.0{path}", query=names.query(incoming.query))
        # Links lead where the request came.
        located = replace(self.service.locate(asked), path="/" + rest.lstrip("/"))
        if tracking.is_asked(asked):
            located = tracking.located(asked, located, self.service.locate)
        if located.found.route.key == "core.batch":
            raise Refused(501, "NotImplemented", "Batches of Outlook REST are not supported; those of Graph are.")
        return replace(located, version=f"api/{version[1].lower()}")

    def most_bytes(self, route: Route, media_type: str) -> int:
        return self.service.most_bytes(route, media_type)

    def admit(self, incoming: Incoming, route: Route) -> Caller:
        return self.service.admit(incoming, route)

    def answer(self, incoming: Incoming, located: Located) -> Answer:
        try:
            body = _body(incoming, located)
        except Refused as error:
            return self.service.refused(error, incoming, located.found.route.family)
        asked = replace(incoming, query=names.query(incoming.query), body=body)
        made = self.service.answer(asked, located)
        if not isinstance(made.content, dict) or made.status >= 400:
            return made
        # Parts of it may be JSON text, in which nothing could be renamed.
        content = msgspec.json.decode(msgspec.json.encode(made.content))
        shown = replace(made, content=self._content(made, content, incoming, located))
        return tracking.told(shown, located)

    def refused(self, error: PostroomError, incoming: Incoming, family: Family = "core") -> Answer:
        return self.service.refused(error, incoming, family)

    def broken(self, log_id: str) -> Answer:
        return self.service.broken(log_id)

    def _content(
        self, made: Answer, content: Mapping[str, Any], incoming: Incoming, located: Located
    ) -> dict[str, Any]:
        found, kind = located.found, _kind(located)
        if found.route.key == "directory.users.get" and not found.rest:
            content, kind = self._user(content, found.user or made.user), None
        envelope = {name: value for name, value in content.items() if name.startswith("@") or name in _AS_THEY_ARE}
        is_list = found.route.many or (isinstance(content.get("value"), list) and kind is None)
        base = self._base(incoming, located)
        if is_list or (set(content) <= set(envelope)):
            rows = envelope.get("value")
            shown = names.shown(rows, kind)
            if isinstance(rows, list):
                shown = [self._with_id(one, row, base, made, located) for one, row in zip(shown, rows, strict=True)]
                if tracking.is_delta(located):
                    context = names.in_context(str(content.get("@odata.context")), me=found.user is None)
                    shown = [tracking.gone(row, one, context) for one, row in zip(shown, rows, strict=True)]
            answer = {**envelope, "value": shown}
        else:
            answer = self._with_id(names.shown(dict(content), kind), content, base, made, located)
        return _with_context(_pushed(answer) if _is_push(located) else answer, me=found.user is None)

    def _user(self, content: Mapping[str, Any], name: str) -> dict[str, Any]:
        """A user has another shape here."""
        person = self.service.workspace.people.find(str(content.get("id") or name))
        if person is None:
            return dict(content)
        about = {name: value for name, value in content.items() if name.startswith("@")}
        return about | {
            "id": person.id,
            "emailAddress": person.address,
            "displayName": person.name or person.address,
            "alias": person.address.partition("@")[0],
            "mailboxGuid": person.id,
        }

    def _base(self, incoming: Incoming, located: Located) -> str:
        return f"{self.service.settings.base_url.rstrip('/') or incoming.origin}/{located.version}"

    def _with_id(self, shown: Any, row: Any, base: str, made: Answer, located: Located) -> Any:
        """With `@odata.id`, which every entity has."""
        if not isinstance(row, Mapping) or not isinstance(shown, dict) or "id" not in row:
            return shown
        found = located.found
        person = self.service.workspace.people.find(found.user or made.user)
        user = f"Users('{person.id if person else made.user}')"
        key = f"('{quote(str(row['id']))}')"
        if found.route.type == "user":
            url = f"{base}/Users('{row['id']}')"
        elif found.route.type in SETS:
            url = f"{base}/{user}/{SETS[found.route.type]}{key}"
        else:
            url = f"{base}{located.path}{key if found.route.many else ''}"
        return {"@odata.id": url, **shown}


def _kind(located: Located) -> EntityType | None:
    """The type of what is answered: that of the route, or of the property behind it."""
    found = located.found
    kind = SCHEMA.find(found.route.type) if found.route.type else None
    for name in found.rest:
        member = kind.member(name) if kind else None
        kind = SCHEMA.find(member.type) if member else None
    return kind


def _with_context(answer: dict[str, Any], *, me: bool) -> dict[str, Any]:
    given = answer.get("@odata.context")
    return {**answer, "@odata.context": names.in_context(given, me=me)} if isinstance(given, str) else answer


def _is_push(located: Located) -> bool:
    return located.found.route.key.startswith(push.ROUTES)


def _pushed(answer: dict[str, Any]) -> dict[str, Any]:
    """Subscriptions as they were shown then."""
    context = str(answer.get("@odata.context")).replace("$metadata#", "$metadata#Me/")
    if isinstance(answer.get("value"), list):
        return {**answer, "@odata.context": context, "value": [push.shown(row) for row in answer["value"]]}
    return {**push.shown(answer), "@odata.context": context}


def _body(incoming: Incoming, located: Located) -> bytes | Arriving:
    """JSON with the names of Graph. What is none is left to the service, which knows whether it may be.

    Raises Refused.
    """
    if isinstance(incoming.body, Arriving) or not incoming.body or incoming.media_type not in ("", "application/json"):
        return incoming.body
    try:
        given = names.taken(msgspec.json.decode(incoming.body))
        return msgspec.json.encode(push.taken(given) if _is_push(located) else given)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return incoming.body
