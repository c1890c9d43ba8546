"""What the envelopes of this API have that those of the Administration API have not."""

from __future__ import annotations

from typing import Final

import msgspec

from postroom.faces.mailstore.server import wire

TOKEN_PREFIX: Final = "sa"  # noqa: S105  # begins every token of a process


class SessionEnvelope(msgspec.Struct, frozen=True, kw_only=True):
    """An envelope in a session by cookie; fields are sent in this order, all of them always."""

    error: wire.ErrorBody | None
    token: str | None
    antiXsrfToken: str  # noqa: N815
    statusVersion: int | None  # noqa: N815
    statusCode: str | None  # noqa: N815
    percentProgress: int | None  # noqa: N815
    statusText: str | None  # noqa: N815
    result: object
    logOutput: str | None  # noqa: N815


def in_session(envelope: wire.Envelope, token: str) -> SessionEnvelope:
    """The envelope with the token for the next request."""
    return SessionEnvelope(antiXsrfToken=token, **msgspec.structs.asdict(envelope))


def shown(envelope: wire.Envelope) -> wire.Envelope:
    """With the token of the process as this API spells it."""
    if envelope.token is None:
        return envelope
    return msgspec.structs.replace(envelope, token=TOKEN_PREFIX + envelope.token)


def started(token: str) -> wire.Envelope:
    """The first answer of a long-running call: nothing was seen of it yet."""
    return wire.Envelope(token=TOKEN_PREFIX + token, statusVersion=0, statusCode="running")
