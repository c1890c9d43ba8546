"""A fake server per test, and the client in its two kinds behind one face."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
from collections.abc import Callable, Iterator
from inspect import isawaitable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.clients.mailstore.fake import Fake

from mailstore.aio import ServerClient
from mailstore.server import Client


class Blocking:
    """An async client with the calls of a sync one."""

    def __init__(self, kind: Callable[..., Any] = ServerClient, **options: Any) -> None:
        self._closed, self._runner = False, asyncio.Runner()
        self._client = kind(**options)

    def __enter__(self) -> Blocking:
        self._runner.run(self._client.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        if not self._closed:
            self._runner.run(self._client.close())
            self._runner.close()
        self._closed = True

    def HandleTokenIter(self, *arguments: Any) -> list[Any]:
        async def collect() -> list[Any]:
            return [status async for status in self._client.HandleTokenIter(*arguments)]

        return self._runner.run(collect())

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._client, name)
        if not callable(member):
            return member

        async def awaited(*values: Any, **arguments: Any) -> Any:
            made = member(*values, **arguments)
            return await made if isawaitable(made) else made

        return lambda *values, **arguments: self._runner.run(awaited(*values, **arguments))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Files of a self-signed certificate for 127.0.0.1 and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fake")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pkcs8, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, pkcs8, plain))
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def fake(certificate: tuple[Path, Path]) -> Iterator[Fake]:
    server = Fake()
    server.start(*certificate)
    yield server
    server.stop()


@pytest.fixture
def options(fake: Fake, certificate: tuple[Path, Path]) -> dict[str, Any]:
    """Arguments with which a client reaches the fake."""
    return {"password": fake.password, "port": fake.port, "ca_file": certificate[0], "logLevel": 0, "timeout": 20.0}


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
