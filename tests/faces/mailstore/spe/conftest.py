"""A management server as `serve` makes it, and clients for it: sync and async, by cookie and with each request."""

from __future__ import annotations

import shutil
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.clients.mailstore.conftest import Blocking
from tests.faces.mailstore.conftest import LONG_S, quick

from mailstore.aio import SPEClient
from mailstore.spe import Client
from postroom.app import Engines, build
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.management.management import Management
from postroom.home import Home
from postroom.settings import Console, Mailstore, Settings, Spe

KINDS: dict[str, Callable[..., Any]] = {"sync": Client, "async": partial(Blocking, SPEClient)}


@dataclass
class Installation:
    """`outside` is the one place out of the home that is allowed."""

    port: int
    cookie_port: int
    authority: Path
    home: Home
    outside: Path
    management: Management
    console_port: int = -1

    @property
    def host(self) -> str:
        """Name of the one instance host that there is at first."""
        return self.management.hosts.matching()[0].name

    def options(self, user: str = "admin", password: str = "changed", *, cookie: bool = False) -> dict[str, Any]:
        """Arguments for clients."""
        return {
            "username": user,
            "password": password,
            "port": self.cookie_port if cookie else self.port,
            "session": "cookie" if cookie else "basic",
            "ca_file": self.authority,
            "logLevel": 0,
            "timeout": LONG_S,
            "waitTime": 300,
        }

    def client(self, user: str = "admin", password: str = "changed", **more: Any) -> Client:
        return Client(**{**self.options(user, password), **more})

    def http(self, auth: tuple[str, str] | None = None, *, cookie: bool = False) -> httpx2.Client:
        """Requests of no client library."""
        base = f"https://127.0.0.1:{self.cookie_port if cookie else self.port}"
        context = ssl.create_default_context(cafile=str(self.authority))
        return httpx2.Client(base_url=base, auth=auth, verify=context, timeout=LONG_S, trust_env=False)

    def instance(self, name: str, *, let_in: bool = True, **more: object) -> None:
        """A new instance that runs."""
        self.management.create_instance(name, {"host": self.host, **more}, SYSTEM)
        with self.management.tenants.use(name) as archive:
            archive.instance.service_provider.let_in(let_in, SYSTEM)


def settings(outside: Path, **spe: Any) -> Settings:
    base = quick(outside)
    told = Spe(**{"enabled": True, "port": 0, "session_port": 0, **spe})
    return replace(base, mailstore=Mailstore(), spe=told, console=Console(enabled=True, port=0))


@contextmanager
def serving(tls: Path, directory: Path, **spe: Any) -> Iterator[Installation]:
    home, outside = Home(directory / "home"), directory / "outside"
    home.create()
    shutil.copytree(tls, home.tls, dirs_exist_ok=True)
    outside.mkdir(exist_ok=True)
    told = settings(outside, **spe)
    with Management(home.instances, told) as management:
        management.administrators.set_password("admin", "changed", SYSTEM)
        with build(home, told, Engines(management=management)).background() as server:
            ports = server.ports
            authority = home.tls / "ca.pem"
            yield Installation(
                ports["spe"], ports.get("spe-session", -1), authority, home, outside, management, ports["console"]
            )


@pytest.fixture
def installation(tls: Path, tmp_path: Path) -> Iterator[Installation]:
    with serving(tls, tmp_path) as installation:
        yield installation


@pytest.fixture(params=["sync-cookie", "sync-basic", "async-cookie", "async-basic"])
def client(request: pytest.FixtureRequest, installation: Installation) -> Iterator[Any]:
    """A client of each kind; failed calls raise."""
    kind, _, way = request.param.partition("-")
    with KINDS[kind](**installation.options(cookie=way == "cookie"), raiseOnError=True) as client:
        yield client


@pytest.fixture
def basic(installation: Installation) -> Iterator[Client]:
    """One that sends its password with each request; failed calls raise."""
    with Client(**installation.options(), raiseOnError=True) as client:
        yield client
