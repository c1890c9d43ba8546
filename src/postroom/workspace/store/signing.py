"""Tokens that callers carry and cannot read into or change: cursors of pages, states of delta."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import Any, Final

import msgspec

from postroom.errors import Invalid

KEY_BYTES: Final = 32
_MAC_BYTES: Final = 16


class Signer:
    """Signs with a key of the store, so that tokens survive a restart."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, purpose: str, content: object) -> str:
        """The token; `content` is what JSON can hold."""
        raw = msgspec.json.encode(content)
        return base64.urlsafe_b64encode(self._mac(purpose, raw) + raw).rstrip(b"=").decode()

    def opened(self, purpose: str, token: str, field: str) -> Any:
        """What was sealed for this purpose. Raises Invalid for `field`."""
        try:
            sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise not_ours(field) from error
        mac, raw = sealed[:_MAC_BYTES], sealed[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(purpose, raw)):
            raise not_ours(field)
        return msgspec.json.decode(raw)

    def _mac(self, purpose: str, raw: bytes) -> bytes:
        return hmac.digest(self._key, purpose.encode() + b"\0" + raw, hashlib.sha256)[:_MAC_BYTES]


def not_ours(field: str) -> Invalid:
    """The token is of another list, or of nobody."""
    return Invalid(field, "a token that this server gave for this list")
