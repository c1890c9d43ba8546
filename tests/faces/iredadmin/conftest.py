"""A server of the iRedAdmin API on a free port, on an SQLite file of its own, with an admin of each kind."""

from __future__ import annotations

import shutil
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from postroom import app
from postroom.accounts.accounts import Accounts
from postroom.accounts.model import AdminChange, DomainChange, ListChange, UserChange
from postroom.accounts.services.access import LOCAL
from postroom.home import Home
from postroom.settings import Iredadmin, Settings, Web
from postroom.web.tls import Certificate

PASSWORD = "Secret-1234"
GLOBAL = "root@postroom.test"
CREATOR = "creator@postroom.test"
DOMAIN_ADMIN = "admin@one.test"
NOBODY = "plain@one.test"
OTHER = "admin@two.test"


@dataclass
class Caller:
    """An HTTP client of the API. `call` answers the envelope."""

    http: httpx2.Client
    accounts: Accounts
    headers: dict[str, str] = field(default_factory=dict)

    def raw(self, method: str, path: str, form: Mapping[str, Any] | None = None, **options: Any) -> httpx2.Response:
        options.setdefault("headers", self.headers)
        if method in ("GET", "DELETE"):
            return self.http.request(method, path, params=form, **options)
        return self.http.request(method, path, data=form or {}, **options)

    def call(self, method: str, path: str, **form: Any) -> dict[str, Any]:
        answer = self.raw(method, path, form)
        assert answer.headers["content-type"] == "application/json"
        return dict(answer.json())

    def done(self, method: str, path: str, **form: Any) -> Any:
        """`_data` of a call that must succeed."""
        answer = self.call(method, path, **form)
        assert answer["_success"] is True, (method, path, answer)
        return answer.get("_data")

    def refused(self, method: str, path: str, **form: Any) -> str:
        """`_msg` of a call that must fail."""
        answer = self.call(method, path, **form)
        assert answer["_success"] is False, (method, path, answer)
        return str(answer["_msg"])

    def login(self, username: str, password: str = PASSWORD) -> Caller:
        self.done("POST", "/login", username=username, password=password)
        return self


@dataclass
class World:
    """A running server. `caller` makes a client of its own, signed in when a name is given."""

    port: int
    home: Home
    accounts: Accounts
    context: ssl.SSLContext
    clients: list[httpx2.Client] = field(default_factory=list)

    def caller(self, username: str | None = None, prefix: str = "/iredadmin/api", **options: Any) -> Caller:
        client = httpx2.Client(
            base_url=f"https://localhost:{self.port}{prefix}", verify=self.context, trust_env=False, **options
        )
        self.clients.append(client)
        made = Caller(client, self.accounts)
        return made.login(username) if username else made


def configured(**of_face: Any) -> Settings:
    """No delay after failed sign-ins, unless a test is about it."""
    return Settings(web=Web(login_delay_s=0.0), iredadmin=Iredadmin(enabled=True, port=0, **of_face))


@contextmanager
def serving(settings: Settings, tls: Path, directory: Path, database: Path | None = None) -> Iterator[World]:
    """On a copy of a `database`, or on an empty one."""
    home = Home(directory / "home")
    home.create()
    shutil.copytree(tls, home.tls, dirs_exist_ok=True)
    if database:
        shutil.copy(database, home.path)
    with app.engines(home, settings) as engines:
        assert engines.accounts is not None
        with app.build(home, settings, engines).background() as server:
            context = ssl.create_default_context(cafile=str(home.tls / "ca.pem"))
            world = World(server.ports["iredadmin"], home, engines.accounts, context)
            try:
                yield world
            finally:
                for client in world.clients:
                    client.close()


def populate(accounts: Accounts) -> None:
    """Two domains, and an admin of each kind: global, creator, of one domain each; and a user who is none."""
    accounts.admins.create(LOCAL, GLOBAL, AdminChange(password=PASSWORD, global_admin=True))
    accounts.admins.create(LOCAL, CREATOR, AdminChange(password=PASSWORD, create_domains=True, max_domains=3))
    for domain in ("one.test", "two.test"):
        accounts.domains.create(LOCAL, domain, DomainChange(name=domain))
        for user in ("admin", "plain"):
            accounts.users.create(LOCAL, f"{user}@{domain}", UserChange(password=PASSWORD))
        accounts.domains.change_admins(LOCAL, domain, ListChange(add=(f"admin@{domain}",)))
    accounts.domains.change_admins(LOCAL, "two.test", ListChange(add=(CREATOR,)))


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One authority for all servers of the tests."""
    directory = tmp_path_factory.mktemp("tls")
    Certificate(directory)
    return directory


@pytest.fixture(scope="session")
def populated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A populated database, to be copied: making one takes as long as starting a server on it."""
    home = Home(tmp_path_factory.mktemp("populated") / "home")
    home.create()
    with app.engines(home, configured()) as engines:
        assert engines.accounts is not None
        populate(engines.accounts)
    return home.path / "accounts.db"


@pytest.fixture
def make_world(tls: Path, populated: Path, tmp_path: Path) -> Iterator[Callable[..., World]]:
    """A server with other settings: `make_world(strict=True)`; those of `accounts` and `web` as sections."""
    opened: list[AbstractContextManager[World]] = []

    def make(accounts: Any = None, web: Any = None, **of_face: Any) -> World:
        settings = configured(**of_face)
        settings = replace(settings, accounts=accounts or settings.accounts, web=web or settings.web)
        context = serving(settings, tls, tmp_path / str(len(opened)), None if accounts else populated)
        world = context.__enter__()
        opened.append(context)
        if accounts:
            populate(world.accounts)
        return world

    yield make
    for context in reversed(opened):
        context.__exit__(None, None, None)


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()


@pytest.fixture
def root(world: World) -> Caller:
    """The global admin, signed in."""
    return world.caller(GLOBAL)
