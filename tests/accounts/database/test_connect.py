"""Units of work over the four databases."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, insert, select, update
from tests.accounts.services.process import wait_until

from postroom.accounts.database.connect import COMMIT_ORDER, Databases
from postroom.accounts.database.tables import iredadmin, iredapd, vmail
from postroom.errors import Invalid, Unavailable, WrongState
from postroom.settings import Accounts

TABLES = {
    "vmail": (vmail.domain, {"domain": "example.com"}),
    "iredapd": (iredapd.throttle, {"account": "@."}),
    "iredadmin": (iredadmin.log, {"msg": "done"}),
}
PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


class Wrong(Exception):
    """What a caller raises in the midst of a unit."""


def _insert_everywhere(databases: Databases) -> None:
    with databases.write() as unit:
        for name, (table, values) in TABLES.items():
            getattr(unit, name).execute(insert(table).values(values))


def _rows(databases: Databases) -> dict[str, int]:
    with databases.read() as unit:
        return {name: len(getattr(unit, name).execute(select(table)).all()) for name, (table, _) in TABLES.items()}


def test_what_a_unit_wrote_is_there_for_the_next_one(databases: Databases) -> None:
    _insert_everywhere(databases)
    assert set(_rows(databases).values()) == {1}


def test_a_unit_that_raises_leaves_nothing_in_any_database(databases: Databases) -> None:
    def fail() -> None:
        with databases.write() as unit:
            for name, (table, values) in TABLES.items():
                getattr(unit, name).execute(insert(table).values(values))
            raise Wrong

    with pytest.raises(Wrong):
        fail()
    assert set(_rows(databases).values()) == {0}
    _insert_everywhere(databases)
    assert set(_rows(databases).values()) == {1}


def test_a_reader_sees_nothing_of_a_unit_before_its_end(databases: Databases) -> None:
    with databases.write() as unit:
        unit.vmail.execute(insert(vmail.domain).values(domain="example.com"))
        assert _rows(databases)["vmail"] == 0
    assert _rows(databases)["vmail"] == 1


def test_a_reader_cannot_write(databases: Databases) -> None:
    with pytest.raises(WrongState, match="does not allow"), databases.read() as unit:
        unit.vmail.execute(insert(vmail.domain).values(domain="example.com"))
    assert _rows(databases)["vmail"] == 0


@pytest.mark.parametrize("database_settings", ["sqlite"], indirect=True)
def test_on_sqlite_all_databases_are_one_transaction(databases: Databases) -> None:
    assert len(set(databases.configured.values())) == 1
    with databases.write() as unit:
        assert unit.vmail is unit.iredapd is unit.amavisd is unit.iredadmin


@pytest.mark.parametrize("database_settings", ["postgresql", "mariadb"], indirect=True)
def test_databases_with_one_url_are_one_transaction(database_settings: Accounts, tmp_path: Path) -> None:
    shared = replace(database_settings, iredadmin_url=database_settings.vmail_url)
    opened = Databases.open(shared, tmp_path)
    try:
        with opened.write() as unit:
            assert unit.vmail is unit.iredadmin
            assert unit.vmail is not unit.iredapd
    finally:
        opened.close()


@pytest.mark.parametrize("database_settings", ["postgresql", "mariadb"], indirect=True)
def test_databases_are_committed_in_order_with_the_log_last(databases: Databases) -> None:
    committed: list[str] = []

    def listen(name: str) -> None:
        @event.listens_for(databases.configured[name].engine, "commit")
        def commit(connection: Connection) -> None:
            committed.append(name)

    for name in databases.configured:
        listen(name)
    _insert_everywhere(databases)
    assert committed == [name for name in COMMIT_ORDER if name in TABLES]


@pytest.mark.parametrize("database_settings", ["postgresql", "mariadb"], indirect=True)
def test_a_failing_commit_undoes_the_databases_that_come_later(databases: Databases) -> None:
    def fail(connection: Connection) -> None:
        raise Unavailable("gone")

    engine = databases.configured["vmail"].engine
    event.listen(engine, "commit", fail)
    with pytest.raises(Unavailable):
        _insert_everywhere(databases)
    event.remove(engine, "commit", fail)
    assert _rows(databases) == {"iredapd": 1, "vmail": 0, "iredadmin": 0}


def test_concurrent_units_lose_no_change(databases: Databases) -> None:
    table = vmail.domain
    with databases.write() as unit:
        unit.vmail.execute(insert(table).values(domain="example.com"))

    def add() -> None:
        for _ in range(10):
            with databases.write() as unit:
                unit.vmail.execute(update(table).values(mailboxes=table.c.mailboxes + 1))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with databases.read() as unit:
        assert unit.vmail.execute(select(table.c.mailboxes)).scalar_one() == 40


@pytest.mark.parametrize("database_settings", ["sqlite"], indirect=True)
def test_two_programs_with_one_file_lose_no_change(databases: Databases, database_settings: Accounts) -> None:
    table = vmail.domain
    other = Databases.open(database_settings, Path("/nonexistent"))
    with databases.write() as unit:
        unit.vmail.execute(insert(table).values(domain="example.com"))

    def add(opened: Databases) -> None:
        for _ in range(50):
            with opened.write() as unit:
                known = unit.vmail.execute(select(table.c.mailboxes)).scalar_one()
                unit.vmail.execute(update(table).values(mailboxes=known + 1))

    threads = [threading.Thread(target=add, args=(opened,)) for opened in (databases, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    with databases.read() as unit:
        assert unit.vmail.execute(select(table.c.mailboxes)).scalar_one() == 100


def test_when_all_connections_are_in_use_a_call_waits_for_one(database_settings: Accounts, tmp_path: Path) -> None:
    opened = Databases.open(replace(database_settings, connections=1), tmp_path)
    done = threading.Event()

    def read() -> None:
        _rows(opened)
        done.set()

    with opened.write() as unit:  # SQLite's writer has a connection of its own from here on
        unit.vmail.execute(select(vmail.domain)).all()
    other = threading.Thread(target=read)
    with opened.read() as unit:
        unit.vmail.execute(select(vmail.domain)).all()
        other.start()
        assert not done.wait(0.2)
    other.join()
    assert done.is_set()
    opened.close()


@pytest.mark.parametrize("name", ["vmail", "iredapd", "amavisd", "iredadmin"])
def test_a_database_without_a_url_is_named_when_it_is_needed(name: str, tmp_path: Path) -> None:
    opened = Databases.open(Accounts(backend="postgresql"), tmp_path)
    with opened.read() as unit:
        assert (unit.has_iredapd, unit.has_amavisd, unit.has_iredadmin) == (False, False, False)
        with pytest.raises(WrongState, match=f"accounts.{name}_url"):
            getattr(unit, name)
    opened.close()


def test_with_ldap_the_other_databases_are_used_and_vmail_is_not(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'other.db'}"
    accounts = Accounts(backend="ldap", vmail_url=url, iredapd_url=url, iredadmin_url=url)
    opened = Databases.open(accounts, tmp_path)
    assert set(opened.configured) == {"iredapd", "iredadmin"}
    opened.close()


@pytest.mark.parametrize(
    "url",
    [
        "no url, secret",
        "oracle://user:secret@host/vmail",
        "mysql://user:secret@host/",
        "mysql://user:secret@host:x/y",
        "mysql://user:very@secret@host/vmail",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_its_password(url: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"accounts\.vmail_url") as caught:
        Databases.open(Accounts(backend="mariadb", vmail_url=url), tmp_path)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_url_of_another_backend_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"accounts\.vmail_url"):
        Databases.open(Accounts(backend="postgresql", vmail_url="mysql://user:secret@host/vmail"), tmp_path)


@pytest.mark.parametrize("database_settings", ["postgresql", "mariadb"], indirect=True)
def test_nothing_is_made_in_existing_databases_that_was_not_asked_for(
    database_settings: Accounts, tmp_path: Path
) -> None:
    opened = Databases.open(database_settings, tmp_path)
    opened.close()
    assert [*tmp_path.iterdir()] == []


def test_sqlite_makes_a_private_file_in_the_home(tmp_path: Path) -> None:
    opened = Databases.open(Accounts(), tmp_path / "home")
    _insert_everywhere(opened)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "home").iterdir()}
    opened.close()
    assert set(modes) == {"accounts.db", "accounts.db-wal", "accounts.db-shm"}
    assert set(modes.values()) == {0o600}


@pytest.mark.parametrize(("folder", "wanted"), [(0o700, 0o600), (0o2750, 0o640), (0o2770, 0o660), (0o2775, 0o660)])
def test_the_group_of_a_folder_that_was_chosen_may_do_with_the_file_what_it_may_there(
    folder: int, wanted: int, tmp_path: Path
) -> None:
    tmp_path.chmod(folder)
    os.umask(0o077)
    opened = Databases.open(Accounts(sqlite_file=tmp_path / "mail.db"), tmp_path)
    _insert_everywhere(opened)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    opened.close()
    assert modes == dict.fromkeys(("mail.db", "mail.db-wal", "mail.db-shm"), wanted)


@pytest.mark.parametrize("database_settings", ["sqlite"], indirect=True)
def test_sqlite_is_set_to_survive_power_loss_and_to_let_readers_pass(databases: Databases) -> None:
    with databases.write() as unit:
        pragmas = {name: unit.vmail.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}
    assert pragmas == PRAGMAS


def test_after_close_calls_say_so(databases: Databases) -> None:
    databases.close()
    with pytest.raises(Unavailable, match="is closed"), databases.read() as unit:
        unit.vmail.execute(select(vmail.domain))


def test_a_waiting_writer_goes_on_when_the_first_one_fails(databases: Databases) -> None:
    started, failed = threading.Event(), threading.Event()

    def second() -> None:
        started.set()
        _insert_everywhere(databases)
        failed.set()

    other = threading.Thread(target=second)

    def first() -> None:
        with databases.write() as unit:
            unit.vmail.execute(insert(vmail.domain).values(domain="example.com"))
            other.start()
            started.wait()
            raise Wrong

    with pytest.raises(Wrong):
        first()
    wait_until(failed.is_set, "the second writer is done")
    other.join()
    assert set(_rows(databases).values()) == {1}


@pytest.mark.parametrize("database_settings", ["sqlite"], indirect=True)
def test_on_sqlite_readers_have_all_connections_while_somebody_writes(
    database_settings: Accounts, tmp_path: Path
) -> None:
    opened = Databases.open(replace(database_settings, connections=1), tmp_path)
    with closing(opened), opened.write() as writing:
        writing.vmail.execute(insert(vmail.domain), {"domain": "example.com"})
        assert set(_rows(opened).values()) == {0}


@pytest.mark.parametrize("database_settings", ["sqlite"], indirect=True)
def test_on_sqlite_a_writer_whose_connection_broke_is_followed_by_another(databases: Databases) -> None:
    def breaks() -> None:
        with databases.write() as unit:
            unit.vmail.connection.dbapi_connection.close()  # type: ignore[union-attr]
            unit.vmail.execute(insert(vmail.domain), {"domain": "example.com"})

    with pytest.raises(Exception, match="closed"):
        breaks()
    _insert_everywhere(databases)
    assert set(_rows(databases).values()) == {1}


@pytest.mark.parametrize("database_settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("writing", [False, True])
def test_closing_lets_go_of_the_file_also_when_somebody_writes(
    database_settings: Accounts, tmp_path: Path, *, writing: bool
) -> None:
    file = tmp_path / "own.db"
    opened = Databases.open(replace(database_settings, sqlite_file=file), tmp_path)
    with opened.write() as unit:
        unit.vmail.execute(insert(vmail.domain), {"domain": "example.com"})
        if writing:
            opened.close()
    opened.close()
    descriptors = Path("/proc/self/fd").iterdir()
    assert not [held for descriptor in descriptors if (held := _target(descriptor)).startswith(str(file))]


def _target(descriptor: Path) -> str:
    with suppress(FileNotFoundError):  # that of the listing itself has gone
        return str(descriptor.readlink())
    return ""


def test_on_sqlite_the_drivers_of_other_databases_are_not_loaded(tmp_path: Path) -> None:
    """Commands are short: loading both takes a fifth of one."""
    program = (
        "import sys; from pathlib import Path; from postroom.accounts.database import connect, initialise\n"
        "from postroom.settings import Accounts\n"
        "databases = connect.Databases.open(Accounts(), Path(sys.argv[1])); initialise.create(databases)\n"
        "databases.close(); print([name for name in ('psycopg', 'pymysql') if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"
