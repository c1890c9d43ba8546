"""Files that come in ranges, copies, and what is read by URLs that need no token.

Source: Microsoft Graph, upload large files; reference, Upload sessions.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

import msgspec

from postroom.errors import Invalid
from postroom.faces.graph.call import Call
from postroom.faces.graph.dispatch import implements, knows
from postroom.faces.graph.errors import Refused
from postroom.faces.graph.handlers.files_calls import BEHAVIOR, arrived, at, files, look, parameter, path_of
from postroom.faces.graph.result import Accepted, Created, Document, Nothing, One, Raw, Redirect, Result
from postroom.workspace.workloads.files.copies import DONE, FAILED
from postroom.workspace.workloads.files.errors import NeedsPassword
from postroom.workspace.workloads.files.sessions import Session
from postroom.workspace.workloads.files.thumbnails import MEDIA_TYPE
from postroom.workspace.workspace import Workspace

JSON: Final = "application/json"
_RANGE: Final = re.compile(r"\s*bytes\s+(\d{1,15})-(\d{1,15})/(\d{1,15})\s*", re.IGNORECASE)


@implements("files.upload")
def begin(call: Call) -> Result:
    session = files(call).sessions.begin(look(call), at(call), call.document)
    return One({"uploadUrl": call.url(f"uploads/files/{session.token}"), **_shown(session)})


@knows("files.range")
def is_session(workspace: Workspace, token: str) -> None:
    """Whoever made up a URL must not fill the disk."""
    workspace.files.sessions.state(token)


@implements("files.range")
def put(call: Call, token: str) -> Result:
    found = _RANGE.fullmatch(call.headers.get("content-range", ""))
    if not found:
        raise Invalid("Content-Range", "bytes first-last/total")
    first, last, total = map(int, found.groups())
    with arrived(call) as content:
        if last - first + 1 != content.size:
            raise Invalid("Content-Range", f"a range as long as the body, {content.size} bytes")
        return _answer(files(call).sessions.put(token, first, total, content, call.base_url))


@implements("files.commit")
def commit(call: Call, token: str) -> Result:
    return _answer(files(call).sessions.commit(token, call.base_url))


@implements("files.upload_state")
def state(call: Call, token: str) -> Result:
    return One(_shown(files(call).sessions.state(token)))


@implements("files.cancel")
def cancel(call: Call, token: str) -> Result:
    files(call).sessions.cancel(token)
    return Nothing()


def _answer(session: Session) -> Result:
    if session.made is None:
        return One(_shown(session), status=202)
    return Created(session.made, path_of(session.made)) if session.new else One(session.made)


def _shown(session: Session) -> Document:
    missing = [] if session.begin is None else [f"{session.begin}-"]
    return {"expirationDateTime": session.expires, "nextExpectedRanges": missing}


@implements("files.copy")
def copy(call: Call) -> Result:
    token = files(call).copies.begin(look(call), at(call), call.document, parameter(call, BEHAVIOR))
    return Accepted({"Location": call.url(f"monitor/files/{token}")})


@implements("files.monitor")
def monitor(call: Call, token: str) -> Result:
    found = files(call).copies.state(token)
    shown: Document = {"operation": "ItemCopy", "percentageComplete": found.percent, "status": found.status}
    if found.status == DONE:
        shown |= {"resourceId": found.item, "resourceLocation": call.url(f"drives/{found.drive}/items/{found.item}")}
    if found.status == FAILED:
        shown["error"] = {"code": "generalException", "message": found.error}
    status = 200 if found.status in (DONE, FAILED) else 202
    return Raw(msgspec.json.encode(shown), JSON, status=status)


@implements("files.open_link")
def open_link(call: Call, token: str) -> Result:
    """A browser asks for the password of a link when it is told to."""
    try:
        return Redirect(files(call).contents.url_of_link(token, call.base_url, _password(call)))
    except NeedsPassword as error:
        challenge = {"WWW-Authenticate": 'Basic realm="Password of the link", charset="UTF-8"'}
        raise Refused(401, "unauthenticated", str(error), challenge) from error


def _password(call: Call) -> str | None:
    scheme, _, text = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(text.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return None


@implements("files.thumbnail_bytes")
def thumbnail_bytes(call: Call, token: str) -> Result:
    return Raw(files(call).thumbnails.content(token), MEDIA_TYPE)
