"""A Graph server with a full inbox, in a process of its own, for the benchmarks that need one."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPSConnection
from pathlib import Path
from ssl import SSLContext, create_default_context
from typing import Any, Final

import psutil

from benchmarks.bench import ROOT, Bench, command

ADDRESS: Final = "anna@example.com"
FRIEND: Final = "bert@example.com"
PASSWORD: Final = "Bench-12345-aA"
FEW_MAIL: Final = 2_000
"""With less mail the bench is a small one, as in tests, and so is the inbox."""
MANY: Final = 10_000
FEW: Final = 60


@dataclass(frozen=True, slots=True)
class Running:
    """`facts` is what the process told of itself: ports, app, secret, tenant, ca, token."""

    process: psutil.Process
    facts: dict[str, Any]

    def cpu_s(self) -> float:
        """Processor time so far, user and system."""
        used = self.process.cpu_times()
        return float(used.user + used.system)


def messages(bench: Bench) -> int:
    """How many the inbox holds."""
    return MANY if bench.mail.messages >= FEW_MAIL else FEW


@contextmanager
def graph(bench: Bench) -> Iterator[Running]:
    """The server of an inbox that is filled once for a run of benchmarks."""
    home = bench.scratch / "graph-home"
    if not home.exists():
        bench.child("graph_fill", home, Path(str(messages(bench))))
    with running("graph_serve", home) as server:
        yield server


@contextmanager
def running(task: str, *paths: Path) -> Iterator[Running]:
    """A child that tells its facts in one line and serves until its standard input ends."""
    arguments: dict[str, Any] = {"cwd": ROOT, "stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command(task, *paths), **arguments) as process:
        assert process.stdin
        assert process.stdout
        try:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(f"{task} did not start")
            yield Running(psutil.Process(process.pid), json.loads(line))
        finally:
            process.stdin.close()


class Client:
    """One kept connection on http.client, which costs the least of what has TLS; see `accounts`."""

    def __init__(self, server: Running) -> None:
        context: SSLContext = create_default_context(cafile=server.facts["ca"])
        self._connection = HTTPSConnection("localhost", server.facts["port"], timeout=60, context=context)
        self._headers = {"Authorization": f"Bearer {server.facts['token']}", "Content-Type": "application/json"}

    def call(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """The content of the answer. Raises RuntimeError for a failure."""
        self._connection.request(method, path, body, self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:500]!r}")
        return content

    def close(self) -> None:
        self._connection.close()
