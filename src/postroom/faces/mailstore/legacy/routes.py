"""The URLs of the legacy API: `/JSON/Invoke/<function>`, `/JSON/Status/<GUID>`, and both with XML.

Any failure of a call is a 500 with the message as plain text. Source: reference of the MailStore APIs, 1.9.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from postroom.errors import PostroomError
from postroom.faces.mailstore.legacy import xml
from postroom.faces.mailstore.legacy.statuses import Started, Told, guid, token
from postroom.faces.mailstore.server import wire
from postroom.faces.mailstore.server.routes import Api

Encode = Callable[[object], bytes]
Answer = Callable[[str, Request], Awaitable[object]]

FORMS: Final[Mapping[str, tuple[str, Encode]]] = {
    "JSON": ("application/json; charset=utf-8", wire.encode),
    "XML": ("application/xml; charset=utf-8", xml.document),
}
_TEXT: Final = "text/plain; charset=utf-8"
_JOINED: Final = frozenset({"privileges", "loginPrivileges"})
"""Lists that these clients know as one text with commas."""


@dataclass(frozen=True, slots=True)
class Legacy:
    """The routes over the calls of the Administration API, which share users, functions and processes."""

    api: Api
    told: Told = field(default_factory=Told)

    def routes(self) -> list[BaseRoute]:
        return [
            route
            for form in FORMS
            for route in (
                Route(f"/{form}/Invoke/{{function}}", partial(self._guarded, self._invoke, form), methods=["POST"]),
                Route(f"/{form}/Status/{{guid}}", partial(self._guarded, self._status, form), methods=["GET", "POST"]),
            )
        ]

    async def _guarded(self, call: Answer, form: str, request: Request) -> Response:
        """The answer of a call, its failure as a text. Who may not call at all is told by the shared face."""
        try:
            content = await call(form, request)
        except HTTPException as error:
            if error.status_code in {401, 403, 429}:
                raise
            return Response(error.detail, 500, media_type=_TEXT)
        except PostroomError as error:
            return Response(str(error), 500, media_type=_TEXT)
        media_type, encode = FORMS[form]
        return Response(encode(content), 200, media_type=media_type)

    async def _invoke(self, form: str, request: Request) -> object:
        asked = await self.api.asked(request)
        if not asked.function.slow:
            return _bare(await self.api.threads.run(partial(self.api.call, asked, asked.process())))
        name = guid((await self.api.start(asked)).token)
        return Started(statusToken=name, statusUrl=f"/{form}/Status/{name}")

    async def _status(self, _form: str, request: Request) -> object:
        caller = await self.api.access.caller(request)
        request.state.function = "status"
        status = self.told.status(await self.api.process(token(request.path_params["guid"]), caller))
        return {**status, "result": _bare(status["result"])}


def _bare(result: object) -> object:
    """A result with its lists of privileges as texts."""
    return _joined(msgspec.to_builtins(result))


def _joined(value: object) -> object:
    match value:
        case dict():
            return {name: ",".join(member) if name in _JOINED and isinstance(member, list) else _joined(member)
                    for name, member in value.items()}  # fmt: skip
        case list():
            return [_joined(item) for item in value]
        case _:
            return value
