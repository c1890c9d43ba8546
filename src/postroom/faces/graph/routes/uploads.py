"""Attachments that come in ranges, whatever they are attached to. The URL of a session is a secret: it is the key."""

from __future__ import annotations

from typing import Any, Final

from postroom.faces.graph.route import Route

SESSION: Final = "/uploads/attachments/{token}"


def _route(key: str, method: str, doc: str, returns: str = "", status: int = 200, **more: Any) -> Route:
    return Route(f"uploads.{key}", method, SESSION, returns, status, open=True, doc=doc,
                 source="Microsoft Graph v1.0, upload sessions of attachments", **more)  # fmt: skip


ROUTES: Final = (
    _route("put", "PUT", "A range of a file; the URL comes from createUploadSession.", "uploadSession",
           takes="upload", o365=True),
    _route("state", "GET", "What is missing.", "uploadSession"),
    _route("cancel", "DELETE", "Give up an upload.", status=204),
)  # fmt: skip
