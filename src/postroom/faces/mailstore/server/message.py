"""One message as it arrived, as an answer."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from postroom.archive.body import chunks
from postroom.faces.mailstore.server.call import StoredMessage


def message_answer(message: StoredMessage, message_id: str, request: Request) -> Response:
    """Its bytes, or 304 for who has them."""
    headers = {"ETag": f'"{message.sha256.hex()}"', "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    headers["Content-Length"] = str(len(message.body))
    headers["Content-Disposition"] = f'attachment; filename="{message_id.replace(":", "-")}.eml"'
    return StreamingResponse(chunks(message.body), 200, headers, "message/rfc822")
