"""A server of the Administration API on a free port, with a small archive and a few functions of its own."""

from __future__ import annotations

import shutil
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest

from mailstore.contract import SERVER, Function
from mailstore.contract.model import flag, number, string
from mailstore.server import Client
from postroom import settings as table
from postroom.app import Engines, build
from postroom.archive.archive import Archive
from postroom.archive.automation.scheduler import Scheduler
from postroom.archive.body import Body, sha256
from postroom.archive.instance.audit import SYSTEM, Actor
from postroom.archive.instance.instance import Instance
from postroom.archive.instance.passwords import Passwords
from postroom.archive.instance.privileges import Account
from postroom.archive.profiles.service import Profiles
from postroom.archive.storage.writer import now_ms
from postroom.errors import Damaged, NotFound
from postroom.faces.mailstore.legacy.routes import Legacy
from postroom.faces.mailstore.server import handlers as _handlers  # noqa: F401
from postroom.faces.mailstore.server.access import Access
from postroom.faces.mailstore.server.call import Call, Facts
from postroom.faces.mailstore.server.dispatch import HANDLERS, Dispatch, Handler
from postroom.faces.mailstore.server.routes import Api
from postroom.home import Home
from postroom.settings import Mailstore, Settings, Web
from postroom.web.backoff import BackOff
from postroom.web.metrics import Metrics
from postroom.web.server import Listener, Server
from postroom.web.sessions import Sessions
from postroom.web.shell import Health, Shell
from postroom.web.threads import Threads
from postroom.web.tls import Certificate
from postroom.work import Work

LONG_S = 60.0


@dataclass(frozen=True)
class Message:
    body: Body

    @property
    def sha256(self) -> bytes:
        return sha256(self.body)


@dataclass
class SmallArchive:
    """An archive of true users and of messages in memory."""

    instance: Instance
    messages: dict[str, bytes] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    scheduler: Scheduler = field(init=False)
    profiles: Profiles = field(init=False)

    def __post_init__(self) -> None:
        self.scheduler = Scheduler(self.instance, 1)
        self.profiles = Profiles(cast(Any, self), now_ms)

    def archive_names(self) -> Iterable[str]:
        return ()

    def authenticate(self, name: str, password: str, by: Actor) -> Account | None:
        return self.instance.users.authenticate(name, password, by)

    def read_message(self, message_id: str, account: Account, by: Actor) -> Message:
        if message_id not in self.messages:
            raise NotFound("message", message_id)
        return Message(self.messages[message_id])


class Gate:
    """What the function Slow does: two log lines, then one line per `step`, until `open` is set."""

    def __init__(self) -> None:
        self.entered, self.open, self.step = threading.Event(), threading.Event(), threading.Semaphore(0)

    def __call__(self, call: Call, id: int) -> object:  # noqa: A002  the contract's name
        call.process.log(f"Verifying file group #{id}...")
        call.process.log("Creating a list of messages to be verified...")
        self.entered.set()
        while not self.open.is_set():
            call.process.check_cancelled()
            if self.step.acquire(timeout=0.01):
                call.process.log("  100 messages verified...")
                call.process.progress(1, 2)
        return {"id": id}


FUNCTIONS = {
    "Slow": Function("Slow", "", (number("id", ""),), slow=True, built=True),
    "SlowFailure": Function("SlowFailure", "", slow=True, built=True),
    "SlowNothing": Function("SlowNothing", "", slow=True, built=True),
    "Fails": Function("Fails", "", built=True),
    "Breaks": Function("Breaks", "", built=True),
    "Echo": Function("Echo", "", (string("text", ""), flag("isFlag", "", required=False)), built=True),
}


def fails(call: Call) -> None:
    call.process.log("Looking...")
    raise Damaged("The record 7 of pack 3 is damaged.")


def breaks(call: Call) -> None:
    raise KeyError("secret detail")


def echo(call: Call, text: str, isFlag: bool | None) -> object:  # noqa: N803
    return {"text": text, "isFlag": isFlag, "user": call.user, "address": call.address}


@dataclass
class Running:
    """A server and what tests reach of it."""

    url: str
    port: int
    context: ssl.SSLContext
    archive: SmallArchive
    work: Work
    gate: Gate
    ca_file: Path

    def client(self, user: str | None = "admin", password: str = "changed", **more: object) -> httpx2.Client:
        auth = None if user is None else (user, password)
        return httpx2.Client(
            base_url=self.url,
            auth=auth,
            verify=self.context,
            timeout=LONG_S,
            trust_env=False,
            **more,  # type: ignore[arg-type]
        )


Start = Callable[..., AbstractContextManager[Running]]


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("tls")
    Certificate(directory)
    return directory


@pytest.fixture
def start(tls: Path, tmp_path: Path) -> Start:
    """Start a server: `start(byte_order_mark=False, web=Web(...), password=None)`."""

    @contextmanager
    def start(*, password: str | None = "changed", web: Web | None = None, **mailstore: object) -> Iterator[Running]:
        settings = Settings(web=web or Web(), mailstore=Mailstore(**mailstore))  # type: ignore[arg-type]
        with Instance(tmp_path / "instance.db", Passwords(table.Passwords(time_cost=1, memory_kib=8))) as instance:
            if password is not None:
                instance.users.set_password("admin", password, SYSTEM)
            with _serving(settings, SmallArchive(instance), tls, tmp_path) as running:
                yield running

    return start


@contextmanager
def _serving(settings: Settings, archive: SmallArchive, tls: Path, home: Path) -> Iterator[Running]:
    gate, threads, sessions = Gate(), Threads(settings.web.threads), Sessions()
    certificate, work = Certificate(tls), Work(home / "work.db")
    server = Server(Shell(Metrics(), lambda: Health("running", "0")), certificate, settings.web)
    functions = {name: function for name, function in SERVER.items() if name in HANDLERS} | FUNCTIONS
    own: dict[str, Handler] = {
        "Slow": gate,
        "SlowFailure": fails,
        "SlowNothing": lambda call: None,
        "Fails": fails,
        "Breaks": breaks,
        "Echo": echo,
    }
    api = Api(
        archive,
        work,
        Dispatch(functions, HANDLERS | own, strict=settings.mailstore.strict_parameters),
        Access(archive, BackOff(settings.web), sessions, threads),
        threads,
        settings,
        Facts("0.1.0.0", "testhost", home, lambda: certificate.thumbprint, lambda: server.ports, sessions),
        lambda url: {"openapi": "3.1.0", "servers": [{"url": url}]},
    )
    if settings.mailstore.legacy:
        api.more.extend(Legacy(api).routes())
    server.on_drain.append(work.release)
    server.on_stop += [threads.close, lambda: work.close(LONG_S)]
    server.bind([Listener(api.face(), 0)])
    port = server.ports["mailstore"]
    context = ssl.create_default_context(cafile=str(tls / "ca.pem"))
    with server.background():
        yield Running(f"https://localhost:{port}", port, context, archive, work, gate, tls / "ca.pem")


@pytest.fixture
def running(start: Start) -> Iterator[Running]:
    with start() as running:
        yield running


@pytest.fixture
def client(running: Running) -> Iterator[httpx2.Client]:
    with running.client() as client:
        yield client


# With a whole archive


@dataclass
class Whole:
    """A server as `serve` makes it, on a whole archive; `outside` is the one place out of the home that is allowed."""

    port: int
    authority: Path
    home: Home
    outside: Path
    archive: Archive

    def options(self, user: str = "admin", password: str = "changed") -> dict[str, Any]:
        """Arguments for clients."""
        return {
            "username": user,
            "password": password,
            "port": self.port,
            "ca_file": self.authority,
            "logLevel": 0,
            "timeout": LONG_S,
        }

    def client(self, user: str = "admin", password: str = "changed") -> Client:
        return Client(**self.options(user, password))


def quick(outside: Path, *, legacy: bool = False) -> Settings:
    """Settings for tests: cheap passwords, one extraction worker, a free port."""
    return Settings(
        mailstore=Mailstore(enabled=True, port=0, legacy=legacy),
        web=Web(stop_timeout_s=LONG_S),
        archive=table.Archive(extract_workers=1, allowed_paths=(str(outside),)),
        passwords=table.Passwords(time_cost=1, memory_kib=1024),
    )


@pytest.fixture
def whole(tls: Path, tmp_path: Path) -> Iterator[Whole]:
    with serving_whole(tls, tmp_path) as whole:
        yield whole


@contextmanager
def serving_whole(tls: Path, directory: Path, *, legacy: bool = False) -> Iterator[Whole]:
    home, outside = Home(directory / "home"), directory / "outside"
    home.create()
    shutil.copytree(tls, home.tls, dirs_exist_ok=True)
    outside.mkdir(exist_ok=True)
    settings = quick(outside, legacy=legacy)
    with Archive(home.archive, settings) as archive:
        archive.instance.users.set_password("admin", "changed", SYSTEM)
        with build(home, settings, Engines(archive)).background() as server:
            yield Whole(server.ports["mailstore"], home.tls / "ca.pem", home, outside, archive)
