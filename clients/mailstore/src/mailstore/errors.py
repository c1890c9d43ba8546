"""What the clients raise. All derive from MailStoreBaseError; a failed call raises only if `raiseOnError` is on.

HTTP and connection errors are urllib's too, because scripts for the first client libraries catch those.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from email.message import Message
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError

if TYPE_CHECKING:
    from mailstore.contract.shapes import Status


class MailStoreBaseError(Exception):
    """Base of all errors of the clients."""


class MailStoreNoTokenError(MailStoreBaseError):
    """The status has no token, so there is no process to ask about."""


class MailStoreAnswerError(MailStoreBaseError):
    """The server's answer is not what this API answers; most often another service listens on that port."""


class MailStoreCallError(MailStoreBaseError):
    """A call failed or was cancelled; `status` is the whole answer. Only with `raiseOnError`."""

    def __init__(self, status: Status) -> None:
        self.status = status
        error = status["error"]
        super().__init__(error["message"] if error else f"The call ended as {status['statusCode']}.")


class MailStoreConnectionError(MailStoreBaseError, URLError):
    """No answer came: name, port, network, TLS or time-out."""

    def __str__(self) -> str:
        return str(self.reason)


class MailStoreHTTPError(MailStoreBaseError, HTTPError):
    """The server answered with an HTTP error: `code` is its number, `read()` the body."""

    def __init__(self, url: str, code: int, text: str, headers: Iterable[tuple[str, str]], body: bytes) -> None:
        fields = Message()
        for name, value in headers:
            fields.add_header(name, value)
        HTTPError.__init__(self, url, code, text, fields, io.BytesIO(body))

    def __str__(self) -> str:
        return f"HTTP {self.code}: {self.msg}"
