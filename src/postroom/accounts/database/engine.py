"""One SQLAlchemy engine for each database: drivers, pools, timeouts, how a transaction begins."""

from __future__ import annotations

import math
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from postroom.accounts.database.errors import TRANSLATOR, Translator
from postroom.errors import Invalid
from postroom.settings import Accounts

if TYPE_CHECKING:
    import psycopg

BUSY_S: Final = 30.0
"""How long a writer of SQLite waits for another one."""
LOCK_S: Final = 10
"""How long a statement waits for a row that another transaction holds (PostgreSQL, MariaDB)."""
STATEMENT_S: Final = 120
"""How long one statement may take; a server that is alive but stuck is given up after this."""
POOL_S: Final = 10.0
"""How long a call waits for one of `accounts.connections`."""

WRITES: Final = "postroom_writes"
"""Execution option: whether a transaction may write."""
DURABLE: Final = "postroom_durable"
"""Execution option: whether what it wrote must survive a loss of power; else only the death of our process."""
LOG_PAGES: Final = 1_000
LONG_LOG_PAGES: Final = 16_000
"""SQLite's log of writes goes into the file when it is so long, by the writer, who waits for the disk. Who writes often
and need not be durable calls `Databases.checkpoint` meanwhile, and then little is left to do."""

_DRIVERS: Final = {
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
    "sqlite": "sqlite",
}
_SQL_MODE: Final = "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"


def parsed(setting: str, text: str) -> URL:
    """The URL of a setting, with the driver we use. Raises Invalid, without the URL: a password is in it."""
    expected = "postgresql://user:password@host/database or mysql://…"
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise Invalid(f"accounts.{setting}", expected) from None
    driver = _DRIVERS.get(url.drivername.partition("+")[0])
    if driver is None or not url.database:
        raise Invalid(f"accounts.{setting}", expected)
    if "@" in (url.host or ""):  # the rest of a password, which sentences about the host would show
        raise Invalid(f"accounts.{setting}", "%40 for each @ of the password, as in every URL")
    return url.set(drivername=driver)


def sqlite_url(file: Path) -> URL:
    return URL.create("sqlite", database=str(file))


def engine(name: str, url: URL, accounts: Accounts) -> tuple[Engine, Translator]:
    """The engine of a database called `name`; it connects when first used."""
    translator = Translator(name, url)
    made = {"sqlite": _sqlite, "postgresql": _postgresql, "mysql": _mariadb}[url.get_backend_name()](url, accounts)
    made.update_execution_options(**{TRANSLATOR: translator})
    event.listen(made, "handle_error", translator.on_error, retval=True)
    return made, translator


def _create(url: URL, connections: int, **options: Any) -> Engine:
    return create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=POOL_S,
        pool_use_lifo=True,
        hide_parameters=True,  # password hashes are among them, and errors are logged
        **options,
    )


def _sqlite(url: URL, accounts: Accounts) -> Engine:
    # One more, which the writer keeps.
    made = _create(url, accounts.connections + 1, connect_args={"timeout": BUSY_S, "isolation_level": None})

    @event.listens_for(made, "connect")
    def connect(connection: sqlite3.Connection, record: object) -> None:  # noqa: ARG001
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA journal_mode = WAL")

    @event.listens_for(made, "begin")
    def begin(connection: Connection) -> None:
        options, info = connection.get_execution_options(), connection.info
        writes, durable = bool(options.get(WRITES)), bool(options.get(DURABLE, True))
        # To the driver: SQLAlchemy takes longer over each of these than SQLite does.
        tell = cast("sqlite3.Connection", connection.connection.dbapi_connection).execute
        # What it was told is kept beside the connection in the pool: a short transaction is not all pragmas.
        if info.get(WRITES) is not writes:
            tell(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
            info[WRITES] = writes
        if writes and info.get(DURABLE) is not durable:
            tell(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            tell(f"PRAGMA wal_autocheckpoint = {LOG_PAGES if durable else LONG_LOG_PAGES}")
            info[DURABLE] = durable
        tell("BEGIN IMMEDIATE" if writes else "BEGIN")

    return made


def _postgresql(url: URL, accounts: Accounts) -> Engine:
    from psycopg.types.string import TextLoader

    given = url.query.get("options", "")
    options = [
        *((given,) if isinstance(given, str) else given),
        "-c timezone=UTC",
        "-c datestyle=ISO",
        f"-c lock_timeout={LOCK_S}s",
        f"-c statement_timeout={STATEMENT_S}s",
    ]
    made = _create(
        url.difference_update_query(["options"]),
        accounts.connections,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        connect_args={
            "options": " ".join(filter(None, options)),
            "connect_timeout": max(2, math.ceil(accounts.connect_timeout_s)),  # libpq takes no less
            "application_name": "postroom",
            "keepalives_idle": 30,
            "tcp_user_timeout": STATEMENT_S * 1000,
        },
    )

    @event.listens_for(made, "connect")
    def connect(connection: psycopg.Connection[Any], record: object) -> None:  # noqa: ARG001
        # As text, because Python has no `infinity` and no year 10000; ISO in UTC is what Moment and Day want.
        for kind in ("timestamp", "timestamptz", "date"):
            connection.adapters.register_loader(kind, TextLoader)

    @event.listens_for(made, "begin")
    def begin(connection: Connection) -> None:
        if not connection.get_execution_options().get(WRITES):
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    return made


def _mariadb(url: URL, accounts: Accounts) -> Engine:
    made = _create(
        url.update_query_dict({"charset": "utf8mb4"}),
        accounts.connections,
        pool_pre_ping=True,
        pool_recycle=1800,  # before the server's wait_timeout
        isolation_level="READ COMMITTED",
        connect_args={
            "connect_timeout": max(1, math.ceil(accounts.connect_timeout_s)),
            "read_timeout": STATEMENT_S,
            "write_timeout": STATEMENT_S,
            "init_command": f"SET SESSION time_zone = '+00:00', sql_mode = '{_SQL_MODE}', "
            f"innodb_lock_wait_timeout = {LOCK_S}",
        },
    )

    @event.listens_for(made, "begin")
    def begin(connection: Connection) -> None:
        if not connection.get_execution_options().get(WRITES):
            connection.exec_driver_sql("START TRANSACTION READ ONLY")

    return made
