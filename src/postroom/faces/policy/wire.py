"""Postfix's policy delegation protocol: requests and answers as bytes.

A request is lines of `name=value`, ended by an empty line; the answer is one such line, `action=…`, and an empty line.
Source: Postfix, SMTPD_POLICY_README, "Protocol description".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

END: Final = re.compile(rb"\n\r?\n")
_BLANK: Final = b"\r\n"
_KIND: Final = "smtpd_access_policy"


class Malformed(Exception):
    """These bytes are no request. The message names no value: it may go to a log."""


def attributes(request: bytes) -> Mapping[str, str]:
    """The attributes of a request without its last empty line; of a name given twice the first counts.

    Raises Malformed. Addresses are UTF-8 with SMTPUTF8; what is not was passed on by Postfix as the client sent it,
    and Latin-1 reads any bytes.
    """
    if b"\0" in request:
        raise Malformed("a byte that no text has")
    found: dict[str, str] = {}
    for line in request.split(b"\n"):
        name, equals, value = line.removesuffix(b"\r").partition(b"=")
        if not equals or not name:
            raise Malformed("a line without a name and `=`")
        found.setdefault(_text(name), _text(value))
    if found.get("request") != _KIND:
        raise Malformed(f"not `request={_KIND}`")
    return found


def answer(action: str) -> bytes:
    """The bytes of an answer; an action is one line."""
    return f"action={' '.join(action.split())}\n\n".encode()


class Splitter:
    """Takes bytes as they come and gives requests back one by one, holding `most` bytes at most."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = bytearray()
        self._looked = 0

    def feed(self, data: bytes) -> None:
        self._held += data

    def next(self) -> bytes | None:
        """The oldest whole request, None when there is none yet. Raises Malformed when it is too large."""
        if not self._looked:
            self._skip_blank()
        end = END.search(self._held, max(0, self._looked - 2))
        if (end.start() if end else len(self._held)) > self._most:
            raise Malformed("a request that is too large")
        if end is None:
            # Not searched again: a client that sends byte by byte must not cost the square of its bytes.
            self._looked = len(self._held)
            return None
        request = bytes(self._held[: end.start()])
        del self._held[: end.end()]
        self._looked = 0
        return request

    def _skip_blank(self) -> None:
        # An empty line before a request is nothing anybody waits an answer for.
        blank = len(self._held) - len(self._held.lstrip(_BLANK))
        del self._held[:blank]


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
