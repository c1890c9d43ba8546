"""A private MariaDB for tests."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pymysql
from tests.accounts.services.postgresql import PASSWORD, PASSWORD_IN_URL, USER, configured
from tests.accounts.services.process import Service, answers, program, require_user, run, scratch
from tests.ports import free_port

from postroom.settings import Accounts

_OPTIONS = (
    "--bind-address=127.0.0.1",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-flush-method=nosync",
    "--innodb-buffer-pool-size=32M",
    "--innodb-log-file-size=16M",
    "--innodb-use-native-aio=0",
    "--innodb-file-per-table=0",
    "--sync-frm=0",
    "--skip-log-bin",
    "--skip-name-resolve",
    "--max-connections=200",
    "--performance-schema=off",
)


class MariaDB:
    """A running server; `service` stops and starts it."""

    def __init__(self, folder: Path, service: Service, port: int) -> None:
        self.folder, self.service, self.port = folder, service, port
        self._numbers = itertools.count(1)

    def accounts(self, **databases: str) -> Accounts:
        """Settings for these databases of the server, `vmail="name"` and so on."""
        return configured("mariadb", {name: self.url(database) for name, database in databases.items()})

    def url(self, database: str) -> str:
        return f"mysql://{USER}:{PASSWORD_IN_URL}@127.0.0.1:{self.port}/{database}"

    def execute(self, *statements: str, database: str | None = None) -> list[tuple[Any, ...]]:
        """Rows of the last statement, all run by the superuser."""
        with _connect(self.folder, database) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())

    @contextmanager
    def databases(self, count: int) -> Iterator[list[str]]:
        """Names of new, empty databases, dropped afterwards."""
        made = [f"test{next(self._numbers)}" for _ in range(count)]
        try:
            self.execute(*(f"CREATE DATABASE {name} CHARACTER SET utf8mb4" for name in made))
            yield made
        finally:
            if self.service.running:
                self.execute(*(f"DROP DATABASE IF EXISTS {name}" for name in made))


@contextmanager
def server() -> Iterator[MariaDB]:
    """Initialised, started, with our user; stopped and removed afterwards."""
    install, mariadbd = program("mariadb-install-db"), program("mariadbd")
    owner = require_user("mysql")
    with scratch("mariadb", owner, in_memory=True) as folder:
        data, port = folder / "data", free_port()
        common = ["--no-defaults", f"--datadir={data}"]
        run([install, *common, "--auth-root-authentication-method=normal", "--skip-test-db"], user=owner)
        sockets = [f"--socket={folder / 'socket'}", f"--pid-file={folder / 'pid'}", f"--port={port}"]
        command: list[str | Path] = [mariadbd, *common, *sockets, f"--tmpdir={folder}", *_OPTIONS]
        with Service("mariadb", command, folder=folder, ready=lambda: _ready(folder, port), user=owner) as service:
            running = MariaDB(folder, service, port)
            running.execute(f"CREATE USER {USER}@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'")
            running.execute(f"GRANT ALL ON *.* TO {USER}@'127.0.0.1'")
            yield running


def _connect(folder: Path, database: str | None = None) -> pymysql.Connection[Any]:
    return pymysql.connect(unix_socket=str(folder / "socket"), user="root", database=database, autocommit=True)


def _ready(folder: Path, port: int) -> bool:
    # PyMySQL leaves its socket open when nobody listens.
    if not answers(port):
        return False
    try:
        _connect(folder).close()
    except pymysql.OperationalError:
        return False
    return True
