"""Tokens that no library would make."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def signed_with_password(header: Mapping[str, object], claims: Mapping[str, object], password: bytes) -> str:
    """HS256, for which the public key of RS256 is a password that everybody knows (RFC 8725, 2.1)."""
    text = ".".join(encoded(json.dumps(part).encode()) for part in ({**header, "alg": "HS256"}, claims))
    return f"{text}.{encoded(hmac.new(password, text.encode(), hashlib.sha256).digest())}"
