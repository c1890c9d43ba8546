"""A private PostgreSQL for tests, and databases in it that are made quickly from a template."""

from __future__ import annotations

import itertools
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from tests.accounts.services.process import Service, program, require_user, run, scratch
from tests.ports import free_port

from postroom.settings import Accounts

NAMES = ("vmail", "iredapd", "amavisd", "iredadmin")
USER = "vmailadmin"
# A percent-encoded @, :, / and %: what a real password brings into a URL.
PASSWORD = "p@s:s/w%rd"
PASSWORD_IN_URL = "p%40s%3As%2Fw%25rd"

_CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = '{folder}'
fsync = off
synchronous_commit = off
full_page_writes = off
shared_buffers = 32MB
max_connections = 200
max_wal_size = 64MB
autovacuum = off
jit = off
"""


def configured(backend: str, urls: Mapping[str, str]) -> Accounts:
    """Settings for these URLs, by name of the database; a database without one is not configured."""
    vmail, iredapd, amavisd, iredadmin = (urls.get(name, "") for name in NAMES)
    return Accounts(backend=backend, vmail_url=vmail, iredapd_url=iredapd, amavisd_url=amavisd, iredadmin_url=iredadmin)


class PostgreSQL:
    """A running server; `service` stops and starts it."""

    def __init__(self, folder: Path, service: Service, port: int) -> None:
        self.folder, self.service, self.port = folder, service, port
        self._numbers = itertools.count(1)

    def accounts(self, **databases: str) -> Accounts:
        """Settings for these databases of the server, `vmail="name"` and so on."""
        return configured("postgresql", {name: self.url(database) for name, database in databases.items()})

    def url(self, database: str) -> str:
        return f"postgresql://{USER}:{PASSWORD_IN_URL}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """As superuser, every statement its own transaction."""
        return psycopg.connect(host=str(self.folder), port=self.port, user="postgres", dbname=database, autocommit=True)

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Rows of a statement run by the superuser."""
        with self.connect(database) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def databases(self, *templates: str) -> Iterator[list[str]]:
        """Names of new databases, copies of `templates` (`template1` is empty), dropped afterwards."""
        made = [f"test{next(self._numbers)}" for _ in templates]
        try:
            with self.connect() as connection:
                for name, template in zip(made, templates, strict=True):
                    statement = f"CREATE DATABASE {name} TEMPLATE {template} OWNER {USER}"
                    connection.execute(statement.encode())
            yield made
        finally:
            if self.service.running:
                for name in made:
                    self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def programs() -> tuple[Path, Path]:
    """initdb and postgres; Debian keeps them away from the PATH."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return program("initdb", *folders), program("postgres", *folders)


@contextmanager
def server() -> Iterator[PostgreSQL]:
    """Initialised, started, with our user; stopped and removed afterwards."""
    initdb, postgres = programs()
    owner = require_user("postgres")
    with scratch("postgresql", owner, in_memory=True) as folder:
        data, port = folder / "data", free_port()
        _initialise(initdb, data, folder, owner)
        command: list[str | Path] = [postgres, "-D", data, "-p", str(port)]
        service = Service(
            "postgresql", command, folder=folder, ready=lambda: _ready(folder, port), user=owner,
            stop_signal=signal.SIGINT,
        )  # fmt: skip
        with service:
            running = PostgreSQL(folder, service, port)
            running.execute(f"CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}'")
            yield running


def _initialise(initdb: Path, data: Path, folder: Path, owner: str | None) -> None:
    options = ["--no-sync", "--no-locale", "--encoding=UTF8", "--username=postgres"]
    run([initdb, "-D", data, *options, "--auth-local=trust", "--auth-host=scram-sha-256"], user=owner)
    with (data / "postgresql.conf").open("a") as configuration:
        configuration.write(_CONFIGURATION.format(folder=folder))


def _ready(folder: Path, port: int) -> bool:
    try:
        psycopg.connect(host=str(folder), port=port, user="postgres", dbname="postgres").close()
    except psycopg.OperationalError:
        return False
    return True
