"""A fake management server per test, and the clients for it: sync and async, by cookie and with each request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.clients.mailstore.conftest import Blocking
from tests.clients.mailstore.fake_spe import Management

from mailstore.aio import SPEClient
from mailstore.spe import Client

Make = Callable[..., Any]
KINDS: dict[str, Make] = {"sync": Client, "async": partial(Blocking, SPEClient)}


@pytest.fixture
def management(certificate: tuple[Path, Path]) -> Iterator[Management]:
    server = Management()
    server.start(*certificate)
    yield server
    server.stop()


@pytest.fixture
def common(management: Management, certificate: tuple[Path, Path]) -> dict[str, Any]:
    """Arguments of every client for the fake."""
    return {"password": management.password, "ca_file": certificate[0], "logLevel": 0, "timeout": 20.0}


@pytest.fixture
def by_cookie(management: Management, common: dict[str, Any]) -> dict[str, Any]:
    return {**common, "port": management.cookie_port, "session": "cookie"}


@pytest.fixture
def basic(management: Management, common: dict[str, Any]) -> dict[str, Any]:
    return {**common, "port": management.port}


def maker(kind: Make, options: dict[str, Any]) -> Iterator[Make]:
    """Makes clients, with options changed; closes them at the end."""
    made: list[Any] = []

    def build(**changes: Any) -> Any:
        made.append(kind(**{**options, **changes}))
        return made[-1]

    yield build
    for client in made:
        client.__exit__(None, None, None)


@pytest.fixture(params=["sync", "async"])
def cookie_client(request: pytest.FixtureRequest, by_cookie: dict[str, Any]) -> Iterator[Make]:
    """Makes clients of either kind that sign in by cookie."""
    yield from maker(KINDS[request.param], by_cookie)


@pytest.fixture(params=["sync-cookie", "sync-basic", "async-cookie", "async-basic"])
def make(request: pytest.FixtureRequest, by_cookie: dict[str, Any], basic: dict[str, Any]) -> Iterator[Make]:
    """Makes clients of all kinds."""
    kind, _, way = request.param.partition("-")
    yield from maker(KINDS[kind], by_cookie if way == "cookie" else basic)
