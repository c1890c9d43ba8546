"""Which conversation a message belongs to: ids that follow from References, and Outlook's conversation index.

Source: MS-OXOMSG 2.2.1.3, PidTagConversationIndex: 22 bytes for the first message, 5 more for each reply.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

HEAD_BYTES: Final = 22
STEP_BYTES: Final = 5
MOST_BYTES: Final = HEAD_BYTES + 100 * STEP_BYTES
_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)


def id_of(root: str) -> str:
    """The conversation that the message with this Message-ID began."""
    return base64.urlsafe_b64encode(b"c" + hashlib.sha256(root.strip("<> ").lower().encode()).digest()[:23]).decode()


def root_of(message_id: str, references: Sequence[str]) -> str:
    """The first message of the conversation, as far as the header tells."""
    return references[0] if references else message_id or f"<{secrets.token_hex(16)}>"


def first_index(conversation_id: str, at: datetime) -> str:
    """The index of a message that begins a conversation, in base64 as Graph shows it."""
    guid = hashlib.sha256(conversation_id.encode()).digest()[:16]
    ticks = _ticks(at)
    # The first byte is reserved and 1; of the time the upper five bytes behind it count.
    return base64.b64encode(b"\x01" + ticks.to_bytes(8, "big")[1:6] + guid).decode()


def next_index(parent: str, at: datetime) -> str:
    """The index of an answer: the parent's and five bytes, the time since the conversation began among them."""
    raw = _decoded(parent)
    if len(raw) < HEAD_BYTES or len(raw) > MOST_BYTES:
        return parent
    began = int.from_bytes(b"\x01" + raw[1:6] + b"\0\0", "big")
    since = max(0, _ticks(at) - began)
    # 31 bits of the difference: from bit 18 for what is younger than 1.7 years, else from bit 23 with the flag.
    late = since >> 49 != 0
    bits = (since >> 23 if late else since >> 18) & 0x7FFFFFFF
    block = ((0x80000000 if late else 0) | bits).to_bytes(4, "big") + secrets.token_bytes(1)
    return base64.b64encode(raw + block).decode()


def index_from(header: str) -> str:
    """A `Thread-Index` field as the property, '' when it is none."""
    raw = _decoded(header)
    fits = HEAD_BYTES <= len(raw) <= MOST_BYTES and (len(raw) - HEAD_BYTES) % STEP_BYTES == 0
    return base64.b64encode(raw).decode() if fits else ""


def _ticks(at: datetime) -> int:
    """FILETIME with its top byte, which is 1 until the year 2057."""
    return ((at - _EPOCH) // _TICK * 10) | 1 << 56


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
