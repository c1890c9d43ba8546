"""Programs that use Graph while its server is killed: one uploads attachments in ranges, one sends mail.

Each knows what it was promised. The one call that was cut may have happened or not, but never by half.
"""

from __future__ import annotations

import base64
import random
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx2
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from tests.ports import free_port

from postroom import app
from postroom.accounts.model import DomainChange, UserChange
from postroom.accounts.services.access import LOCAL
from postroom.home import Home
from postroom.settings import Graph, Settings
from postroom.workspace.signin.scopes import GRAPH
from postroom.workspace.signin.tokens import Grant

ANNA = "anna@example.com"
CARL = "carl@elsewhere.test"
USER = f"/v1.0/users/{ANNA}"
RANGE_BYTES, RANGES = 20_000, 8
SIZE = RANGE_BYTES * RANGES - 123
ROLES = ("Mail.ReadWrite", "Mail.Send")


def prepared(home: Home) -> str:
    """A home with a mailbox; a token of an app that reaches it, which outlives the server."""
    home.create()
    home.settings_file.touch()
    with app.engines(home, Settings(graph=Graph(enabled=True))) as opened:
        assert opened.accounts
        assert opened.workspace
        opened.accounts.domains.create(LOCAL, "example.com", DomainChange())
        opened.accounts.users.create(LOCAL, ANNA, UserChange(password="Secret-1234"))
        made = opened.workspace.signin.apps.create("Load", roles=ROLES)
        return opened.workspace.signin.tokens.access(Grant(made, None, GRAPH, roles=ROLES))


@contextmanager
def program(home: Home, port: int, token: str) -> Iterator[httpx2.Client]:
    context = ssl.create_default_context(cafile=str(home.tls / "ca.pem"))
    headers = {"Authorization": f"Bearer {token}"}
    url = f"https://localhost:{port}"
    with httpx2.Client(base_url=url, headers=headers, verify=context, trust_env=False, timeout=60) as http:
        yield http


def wait_until(there: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)


# Uploads


@dataclass
class Upload:
    """An attachment on its way. `kept` are the numbers of the ranges that were acknowledged."""

    content: bytes
    draft: str
    url: str
    kept: set[int] = field(default_factory=set)
    done: bool = False
    """The last range was acknowledged."""

    def range_of(self, number: int) -> tuple[int, int]:
        return number * RANGE_BYTES, min((number + 1) * RANGE_BYTES, SIZE)

    def expected(self, kept: set[int]) -> list[str]:
        """Where each gap begins, when these ranges are there."""
        missing = [number for number in range(RANGES) if number not in kept]
        return [str(number * RANGE_BYTES) for number in missing if number == 0 or number - 1 in kept]


class Uploader(threading.Thread):
    """Uploads in any order, one attachment after the other, until the server is gone; `cut` is what it was at then."""

    def __init__(self, http: httpx2.Client, chance: random.Random, uploads: list[Upload]) -> None:
        super().__init__()
        self._http, self._chance, self.uploads = http, chance, uploads
        self.cut: int | None = None
        self.wrong = ""

    def run(self) -> None:
        try:
            while not self.wrong:
                self._step()
        except httpx2.TransportError:
            return

    def _step(self) -> None:
        open_ = [one for one in self.uploads if not one.done]
        if not open_:
            self.uploads.append(begun(self._http, self._chance))
            return
        self.cut = self._chance.choice([number for number in range(RANGES) if number not in open_[0].kept])
        answer = put(self._http, open_[0], self.cut)
        open_[0].kept.add(self.cut)
        open_[0].done = len(open_[0].kept) == RANGES
        if answer.status_code != (201 if open_[0].done else 200):
            self.wrong = f"{answer.status_code} {answer.text}"
        self.cut = None


def begun(http: httpx2.Client, chance: random.Random) -> Upload:
    draft = http.post(f"{USER}/messages", json={"subject": "With a file"}).json()["id"]
    described = {"AttachmentItem": {"attachmentType": "file", "name": "file.bin", "size": SIZE}}
    answer = http.post(f"{USER}/messages/{draft}/attachments/createUploadSession", json=described)
    return Upload(chance.randbytes(SIZE), draft, answer.json()["uploadUrl"])


def put(http: httpx2.Client, upload: Upload, number: int) -> httpx2.Response:
    begin, end = upload.range_of(number)
    headers = {"Content-Range": f"bytes {begin}-{end - 1}/{SIZE}"}
    return http.put(upload.url, content=upload.content[begin:end], headers=headers)


def attached(http: httpx2.Client, upload: Upload) -> list[bytes]:
    """The contents of all attachments of the draft."""
    rows = http.get(f"{USER}/messages/{upload.draft}/attachments").json()["value"]
    return [base64.b64decode(row["contentBytes"]) for row in rows]


# Sending


class Sender(threading.Thread):
    """Sends until the server is gone."""

    def __init__(self, http: httpx2.Client, name: str) -> None:
        super().__init__()
        self._http, self._name = http, name
        self.accepted: list[str] = []
        self.tried: list[str] = []
        self.wrong = ""

    def run(self) -> None:
        while not self.wrong:
            subject = f"{self._name}-{len(self.tried)}"
            self.tried.append(subject)
            to = [{"emailAddress": {"address": CARL}}]
            message = {"subject": subject, "body": {"content": "Hello"}, "toRecipients": to}
            try:
                answer = self._http.post(f"{USER}/sendMail", json={"message": message})
            except httpx2.TransportError:
                return
            if answer.status_code != 202:
                self.wrong = f"{answer.status_code} {answer.text}"
                return
            self.accepted.append(subject)


@dataclass
class Sink:
    """A mail server that takes everything. `lives` holds the subjects it got from each life of ours, in order."""

    lives: list[list[str]] = field(default_factory=lambda: [[]])
    open: int = 0
    """Connections."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        (subject,) = [line[9:] for line in envelope.content.splitlines() if line.startswith(b"Subject: ")]
        self.lives[-1].append(subject.decode())
        return "250 OK"

    def next_life(self) -> None:
        """Ours is dead; what it had sent until then is taken first."""
        wait_until(lambda: not self.open)
        self.lives.append([])

    @property
    def got(self) -> list[str]:
        return [subject for life in self.lives for subject in life]


class _Connection(SMTP):
    """One that is counted."""

    event_handler: Sink

    def connection_made(self, transport: object) -> None:
        self.event_handler.open += 1
        super().connection_made(transport)  # type: ignore[arg-type]

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler.open -= 1
        super().connection_lost(error)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Connection(self.handler, **self.SMTP_kwargs)


@contextmanager
def sink() -> Iterator[tuple[Sink, int]]:
    handler = Sink()
    controller = _Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield handler, controller.port
    finally:
        controller.stop()
