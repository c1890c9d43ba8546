"""A server with the console on a free port, and a browser that keeps cookies."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2
import pytest

from postroom import settings as table
from postroom.app import Engines, build
from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM
from postroom.home import Home
from postroom.settings import Console, Settings, Web

LONG_S = 60.0


@dataclass
class Served:
    """A running console; the user anna has the password word."""

    port: int
    context: ssl.SSLContext
    archive: Archive

    def browser(self) -> httpx2.Client:
        url = f"https://localhost:{self.port}"
        return httpx2.Client(base_url=url, verify=self.context, trust_env=False, timeout=LONG_S, follow_redirects=True)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    directory = tmp_path_factory.mktemp("console")
    home = Home(directory / "home")
    home.create()
    settings = Settings(
        console=Console(enabled=True, port=0),
        web=Web(stop_timeout_s=LONG_S, login_free_failures=1000),
        archive=table.Archive(extract_workers=1),
        passwords=table.Passwords(time_cost=1, memory_kib=1024),
    )
    with Archive(home.archive, settings) as archive:
        archive.instance.users.set_password("admin", "changed", SYSTEM)
        with build(home, settings, Engines(archive)).background() as server:
            context = ssl.create_default_context(cafile=str(home.tls / "ca.pem"))
            yield Served(server.ports["console"], context, archive)


@pytest.fixture
def archive(served: Served) -> Iterator[Archive]:
    """With the user anna, who is new."""
    served.archive.instance.users.create("anna", ["login"], SYSTEM, password="word")
    yield served.archive
    if any(user.name == "anna" for user in served.archive.instance.users.all()):
        served.archive.instance.users.delete("anna", SYSTEM)


@pytest.fixture
def browser(served: Served, archive: Archive) -> Iterator[httpx2.Client]:
    with served.browser() as browser:
        yield browser


def sign_in(browser: httpx2.Client, user: str = "anna", password: str = "word") -> httpx2.Response:
    return browser.post("/login", data={"username": user, "password": password})


def hidden(answer: httpx2.Response, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.text)
    assert found, answer.text
    return found[1]


def title(answer: httpx2.Response) -> str:
    found = re.search("<h1>(.*?)</h1>", answer.text)
    return found[1] if found else answer.text
