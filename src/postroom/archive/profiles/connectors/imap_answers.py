"""What is said in IMAP: sets of UIDs and names of folders as they are sent, answers as they come; errors as ours."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from imapclient.datetime_util import parse_to_datetime
from imapclient.exceptions import ProtocolError
from imapclient.response_parser import gen_parsed_response

from postroom.archive.profiles.connectors.mailserver import Broken, Refused

GARBAGE: Final = (ProtocolError, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, EOFError,
                   OverflowError, RecursionError)  # fmt: skip
"""What parsers raise for answers that are none."""


class Listed(NamedTuple):
    """A folder in a LIST answer; `raw` as it was sent. `delimiter` '' means that there is no hierarchy."""

    raw: bytes
    delimiter: str
    flags: frozenset[str]


class Opened(NamedTuple):
    """What was said about a folder when it was opened; 0 = nothing."""

    exists: int
    validity: int
    next_uid: int


@dataclass(frozen=True, slots=True)
class Meta:
    """What the server tells about a message. `received_ms` is None when its date is none."""

    uid: int
    size: int
    received_ms: int | None


def uid_set(uids: Sequence[int]) -> str:
    """Ascending UIDs as IMAP writes them: `1:5,9`."""
    runs: list[list[int]] = []
    for uid in uids:
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(str(low) if low == high else f"{low}:{high}" for low, high in runs)


def quoted(raw: bytes) -> bytes:
    """A name as a quoted string. Raises Refused for one that cannot be."""
    if any(byte in raw for byte in b"\r\n\0"):
        raise Refused("its name cannot be asked for")
    return b'"' + raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


@contextmanager
def speaking(what: str) -> Iterator[None]:
    try:
        yield
    except imaplib.IMAP4.readonly as error:
        raise Refused(f"{what}: it may only be read") from error
    except ssl.SSLCertVerificationError as error:
        raise Refused(f"{what}: its certificate is not trusted ({error.verify_message})") from error
    except (imaplib.IMAP4.abort, OSError, *GARBAGE) as error:
        raise Broken(f"{what}: {_reason(error)}") from error
    except imaplib.IMAP4.error as error:
        raise Refused(f"{what}: {_reason(error)}") from error


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split())[:300] or type(error).__name__


def said(data: Sequence[Any]) -> str:
    """What the server said when it refused."""
    first = data[0] if data else b""
    return (first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first))[:300] or "refused"


def listed(flags: Sequence[Any], delimiter: bytes | None, name: bytes | str) -> Listed:
    raw = name if isinstance(name, bytes) else name.encode()
    return Listed(raw, (delimiter or b"").decode("latin-1"), frozenset(str(f, "latin-1").lower() for f in flags))


def pairs(data: list[Any]) -> Iterator[dict[bytes, Any]]:
    """The answers to FETCH, each as its items."""
    tokens = gen_parsed_response([part for part in data if part is not None])
    for _number, items in zip(tokens, tokens, strict=True):
        if not isinstance(items, tuple) or len(items) % 2:
            raise ProtocolError(f"an answer to FETCH is {type(items).__name__}")
        names = iter(items)
        yield {name.upper(): value for name, value in zip(names, names, strict=True) if isinstance(name, bytes)}


def date_ms(text: object) -> int | None:
    if not isinstance(text, bytes):
        return None
    try:
        return int(parse_to_datetime(text, normalise=False).timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        return None
