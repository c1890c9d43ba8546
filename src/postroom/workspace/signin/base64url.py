"""Base64 as tokens have it: for URLs, without padding (RFC 7515, 2)."""

from __future__ import annotations

import base64


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
