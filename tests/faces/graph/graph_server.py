"""A server of Graph on a free port with people of a test, and tokens that need no sign-in."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2

from postroom.faces.graph import handlers as _handlers  # noqa: F401  registers them
from postroom.faces.graph.dispatch import HANDLERS
from postroom.faces.graph.http import Api
from postroom.faces.graph.perform import Service
from postroom.faces.graph.routes import ROUTES
from postroom.faces.graph.table import Table
from postroom.faces.graph.throttle import Faults, Limits
from postroom.home import Home
from postroom.settings import Graph, Settings, Web
from postroom.web.parts import Parts
from postroom.web.server import Listener
from postroom.workspace.people import People, Person, Recipients, Registrar
from postroom.workspace.signin.caller import Caller
from postroom.workspace.signin.errors import TokenExpired, TokenMalformed
from postroom.workspace.workspace import Workspace

ANNA = Person("11111111-1111-4111-8111-111111111111", "anna@one.test", "Anna Arnold", "Anna", "Arnold",
              job_title="Clerk", phone="12", other_addresses=("a@one.test",))  # fmt: skip
BERT = Person("22222222-2222-4222-8222-222222222222", "bert@one.test", "Bert Brown", "Bert", "Brown",
              department="Yard")  # fmt: skip
CARL = Person("33333333-3333-4333-8333-333333333333", "carl@two.test", "", active=False)
NOW = datetime(2024, 1, 31, 10, tzinfo=UTC)
APP = "99999999-9999-4999-8999-999999999999"


@dataclass
class SomePeople:
    """The directory of a test."""

    persons: Sequence[Person] = (ANNA, BERT, CARL)

    def find(self, name: str) -> Person | None:
        low = name.lower()
        return next((one for one in self.persons if low in (one.id, one.address, *one.other_addresses)), None)

    def all(self) -> Iterator[Person]:
        return iter(sorted(self.persons, key=lambda one: one.address))

    def authenticate(self, address: str, password: str) -> Person | None:
        return self.find(address) if password == "right" else None

    def recipients(self, address: str) -> Recipients | None:
        person = self.find(address)
        ours = {one.address.rpartition("@")[2] for one in self.persons}
        if person is not None:
            return Recipients((person,))
        return Recipients() if address.rpartition("@")[2] in ours else None


@dataclass
class Tokens:
    """A verifier whose tokens a test hands out."""

    callers: dict[str, Caller] = field(default_factory=dict)

    def user(self, person: Person, *scopes: str) -> str:
        return self._issue(Caller(APP, person.id, frozenset(scopes), frozenset(), "tenant"))

    def app(self, *roles: str) -> str:
        return self._issue(Caller(APP, None, frozenset(), frozenset(roles), "tenant"))

    def _issue(self, caller: Caller) -> str:
        text = f"token-{len(self.callers)}"
        self.callers[text] = caller
        return text

    def verify(self, text: str) -> Caller:
        if text == "old":
            raise TokenExpired
        if text not in self.callers:
            raise TokenMalformed
        return self.callers[text]


@dataclass
class World:
    """A running server."""

    workspace: Workspace
    tokens: Tokens
    http: httpx2.Client
    base: str

    def call(self, method: str, path: str, token: str | None = None, **options: Any) -> httpx2.Response:
        """`path` is what stands behind the version."""
        headers = {**({"Authorization": f"Bearer {token}"} if token else {}), **options.pop("headers", {})}
        return self.http.request(method, f"/v1.0{path}", headers=headers, **options)

    def caller(self, token: str) -> Client:
        return Client(self, token)


@dataclass
class Client:
    """One who calls with a token."""

    world: World
    token: str

    def __call__(self, method: str, path: str, **options: Any) -> httpx2.Response:
        return self.world.call(method, path, self.token, **options)

    def get(self, path: str, **options: Any) -> Any:
        """The JSON of a GET that must succeed."""
        answer = self("GET", path, **options)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.json()

    def done(self, method: str, path: str, status: int, **options: Any) -> Any:
        """The JSON, if any, of a call that must answer this status."""
        answer = self(method, path, **options)
        assert answer.status_code == status, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def refused(self, method: str, path: str, **options: Any) -> tuple[int, str]:
        """Status and code of a call that must fail."""
        answer = self(method, path, **options)
        assert answer.status_code >= 400, (method, path, answer.status_code, answer.text)
        return answer.status_code, answer.json()["error"]["code"]


@contextmanager
def running(
    path: Path,
    settings: Graph | None = None,
    persons: Sequence[Person] = (ANNA, BERT, CARL),
    directory: tuple[People, Registrar] | None = None,
) -> Iterator[World]:
    """A server in a folder of its own; `directory` in place of `persons` has people who can be changed."""
    home = Home(path / "home")
    home.create()
    graph = replace(settings or Graph(), enabled=True, port=0)
    all_settings = Settings(graph=graph, web=Web(stop_timeout_s=1.0))
    people, registrar = directory or (SomePeople(persons), None)
    with Workspace(home.workspace, people, all_settings, lambda: NOW, registrar) as workspace:
        tokens, parts = Tokens(), Parts.of(home, all_settings)
        service = Service(workspace, tokens, Table(ROUTES), HANDLERS, graph, Limits(graph), Faults(graph.faults_file))
        parts.server.bind([Listener(Api(service, parts.threads).face(), 0)])
        with parts.server.background() as server:
            context = ssl.create_default_context(cafile=str(home.tls / "ca.pem"))
            base = f"https://localhost:{server.ports['graph']}"
            with httpx2.Client(base_url=base, verify=context, trust_env=False, timeout=60) as http:
                yield World(workspace, tokens, http, base)
