"""The original clients against our server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from tests.compat.environment import EARLIER, original_python

from postroom.testing import LocalGraph, User, local_graph

RUN = Path(__file__).parent / "run.py"
Way = Literal["address", "proxy"]
Flow = Literal["password", "credentials"]


@dataclass(frozen=True)
class Seen:
    """What a program saw, and the requests it made."""

    seen: dict[str, Any]
    requests: list[dict[str, Any]]


@dataclass(frozen=True)
class World:
    """A server with its proxy, and two users of it."""

    graph: LocalGraph
    anna: User
    bert: User

    def given(self, way: Way, flow: Flow) -> dict[str, Any]:
        given = {
            "client_id": self.graph.app.id,
            "secret": self.graph.secret,
            "tenant": self.graph.tenant,
            "user": self.anna.address,
            "password": self.anna.password,
            "friend": self.bert.address,
            "flow": flow,
        }
        return {**given, "service_url": self.graph.base_url} if way == "address" else given

    def environment(self) -> dict[str, str]:
        """Sign-in always goes to Microsoft's names, so both ways need the proxy; not so `localhost`."""
        ca = str(self.graph.ca_file)
        proxy = f"http://localhost:{self.graph.server.ports['graph-proxy']}"
        own = {"HTTPS_PROXY": proxy, "REQUESTS_CA_BUNDLE": ca, "SSL_CERT_FILE": ca, "NO_PROXY": "localhost"}
        return {**os.environ, **own}

    def run(self, python: Path, program: str, given: Mapping[str, Any]) -> Seen:
        """A program that works with an account."""
        return self._run([python, RUN, program], given)

    def script(self, python: Path, program: str, given: Mapping[str, Any]) -> Seen:
        """A program that stands alone."""
        return self._run([python, RUN.parent / "programs" / f"{program}.py"], given)

    def _run(self, command: Sequence[str | Path], given: Mapping[str, Any]) -> Seen:
        return run(command, given, self.environment())


def run(command: Sequence[str | Path], given: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Seen:
    """A program that takes JSON and prints what it saw."""
    text = json.dumps(given)
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, env=environment, timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return Seen(**json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with local_graph(tmp_path, {"graph": {"proxy": True, "proxy_port": 0}}) as graph:
        yield World(graph, graph.user("anna@example.com", name="Anna"), graph.user("bert@example.com", name="Bert"))


@pytest.fixture(scope="session")
def original() -> Path:
    """The interpreter of the original clients."""
    return original_python()


@pytest.fixture(scope="session")
def earlier() -> Path:
    """The interpreter of the original of the generation before 2.1."""
    return EARLIER.python()


@pytest.fixture(scope="session")
def ours() -> Path:
    return Path(sys.executable)
