"""A fake server per test, and the client in its two kinds behind one face."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from inspect import isawaitable
from pathlib import Path
from typing import Any

import pytest
from tests.clients.iredadmin.fake import USERNAME, Fake

from iredadmin import Client, aio
from postroom.web.tls import Certificate


class Blocking:
    """An async client with the calls of a sync one."""

    def __init__(self, *values: Any, **options: Any) -> None:
        self._runner = asyncio.Runner()
        self._part: Any = aio.Client(*values, **options)

    def __enter__(self) -> Blocking:
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._part.close())
        self._runner.close()

    def __repr__(self) -> str:
        return repr(self._part)

    def __getattr__(self, name: str) -> Any:
        return _Part(self._runner, getattr(self._part, name)).value()


class _Part:
    """An attribute of an async client: awaited if it is a method, wrapped if it is a resource."""

    def __init__(self, runner: asyncio.Runner, part: Any) -> None:
        self._runner, self._part = runner, part

    def value(self) -> Any:
        if callable(self._part):
            return lambda *values, **arguments: self._runner.run(_awaited(self._part, values, arguments))
        return self if type(self._part).__module__.startswith("iredadmin") else self._part

    def __getattr__(self, name: str) -> Any:
        return _Part(self._runner, getattr(self._part, name)).value()


async def _awaited(function: Callable[..., Any], values: tuple[Any, ...], arguments: dict[str, Any]) -> Any:
    made = function(*values, **arguments)
    if isinstance(made, AsyncIterator):
        return [row async for row in made]
    return await made if isawaitable(made) else made


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def ca_file(certificate: Certificate) -> Path:
    return certificate.file.parent / "ca.pem"


@pytest.fixture
def fake(certificate: Certificate) -> Iterator[Fake]:
    server = Fake()
    server.start(certificate.context)
    yield server
    server.stop()


@pytest.fixture
def options(fake: Fake, ca_file: Path) -> dict[str, Any]:
    """Arguments with which a client reaches the fake."""
    return {"base_url": f"{fake.host}/iredadmin", "username": USERNAME, "password": fake.password, "ca_file": ca_file}


@pytest.fixture(params=["sync", "async"])
def make(request: pytest.FixtureRequest, options: dict[str, Any]) -> Iterator[Callable[..., Any]]:
    """Makes clients of either kind, with options changed; closes them at the end."""
    kind: Callable[..., Any] = Client if request.param == "sync" else Blocking
    made: list[Any] = []

    def build(**changes: Any) -> Any:
        made.append(kind(**{**options, **changes}))
        return made[-1]

    yield build
    for client in made:
        client.__exit__(None, None, None)


@pytest.fixture
def client(make: Callable[..., Any]) -> Any:
    return make()
