"""What the tests of sources share: mail, mbox writers, and reading a source to its end."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from postroom.archive.sources import Arrival, Problem, Source

DATE = b"Thu Aug 22 12:36:23 2002"


def mail(subject: str, body: str = "Hello\n") -> bytes:
    return f"From: anna@example.org\nTo: ben@example.org\nSubject: {subject}\n\n{body}".encode()


def mbox(bodies: Iterable[bytes], newline: bytes = b"\n", quote: Callable[[bytes], bytes] = lambda body: body) -> bytes:
    """An mbox of messages that end in a newline."""
    return b"".join(b"From anna@example.org " + DATE + newline + quote(body) + newline for body in bodies)


def quoted_rd(body: bytes) -> bytes:
    return re.sub(rb"^(>*From )", rb">\1", body, flags=re.MULTILINE)


def quoted_o(body: bytes) -> bytes:
    return re.sub(rb"^(From )", rb">\1", body, flags=re.MULTILINE)


def with_length(message: bytes) -> bytes:
    """The message with a Content-Length that is true."""
    head, _, body = message.partition(b"\n\n")
    return head + b"\nContent-Length: %d\n\n" % len(body) + body


@dataclass
class Found:
    """Everything a source gave in one run."""

    arrivals: list[Arrival] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def ids(self) -> set[str]:
        return {arrival.native_id for arrival in self.arrivals}

    @property
    def bodies(self) -> list[bytes]:
        return [bytes(arrival.body) for arrival in self.arrivals]

    @property
    def folders(self) -> list[str]:
        return [arrival.folder for arrival in self.arrivals]

    @property
    def reasons(self) -> list[str]:
        return [problem.reason for problem in self.problems]

    @property
    def cursor(self) -> str | None:
        return next((arrival.cursor for arrival in reversed(self.arrivals) if arrival.cursor), None)


def read(source: Source, cursor: str | None = None, known: Collection[str] = (), most: int | None = None) -> Found:
    """Reads a source to its end, or until it gave `most` messages."""
    found = Found()
    for item in source.arrivals(cursor, known.__contains__):
        if isinstance(item, Problem):
            found.problems.append(item)
        else:
            found.arrivals.append(item)
            if most is not None and len(found.arrivals) == most:
                break
    return found


def resume_everywhere(make: Callable[[], Source]) -> None:
    """Stopped after any number of messages and continued, a source gives each message exactly once."""
    whole = read(make())
    for most in range(len(whole.arrivals) + 1):
        first = read(make(), most=most) if most else Found()
        rest = read(make(), first.cursor, first.ids)
        new = [arrival for arrival in rest.arrivals if arrival.native_id not in first.ids]
        assert new == rest.arrivals, f"after {most}: given twice"
        assert [a.native_id for a in first.arrivals + new] == [a.native_id for a in whole.arrivals]
        assert first.bodies + rest.bodies == whole.bodies
