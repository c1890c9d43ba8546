"""Connections: kept, checked, given up; a server that went away costs an error and no restart."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.accounts.services.process import wait_until
from tests.accounts.services.slapd import READER_PASSWORD, SUFFIX, WRITER_PASSWORD, Slapd, slapd
from tests.ports import free_port

from postroom.accounts.backends.ldap.backend import LdapBackend
from postroom.accounts.backends.ldap.connection import Pool
from postroom.accounts.backends.ldap.initialise import initialise
from postroom.accounts.backends.ldap.names import Node, Tree
from postroom.accounts.backends.ldap.store import Store, put
from postroom.errors import Invalid, Unavailable, WrongState
from postroom.settings import Accounts
from postroom.web.tls import Certificate

BASE = Node("entry", "domains", Tree(SUFFIX).domains)


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    """May be stopped, and offers TLS."""
    folder = tmp_path_factory.mktemp("certificates")
    Certificate(folder)
    with slapd(folder) as running:
        initialise(running.manager(), READER_PASSWORD, WRITER_PASSWORD)
        yield running


@pytest.fixture
def opened(own_server: Slapd) -> Iterator[Pool]:
    pool = Pool(own_server.settings())
    yield pool
    pool.close()


def ask(accounts: Accounts) -> bool:
    """Whether a new pool finds the tree."""
    pool = Pool(accounts)
    try:
        return Store(pool).exists(BASE)
    finally:
        pool.close()


@contextmanager
def paused(server: Slapd) -> Iterator[None]:
    """The server does nothing, as one whose disk hangs. It may be killed meanwhile."""
    tasks = Path(f"/proc/{server.pid}/task")

    def stopped() -> bool:
        # The state is behind the name, which may hold anything but a closing bracket of its own.
        states = [(task / "stat").read_text().rpartition(")")[2].split()[0] for task in tasks.iterdir()]
        return set(states) == {"T"}

    os.kill(server.pid, signal.SIGSTOP)
    wait_until(stopped, "slapd is stopped")
    try:
        yield
    finally:
        if server.running:
            os.kill(server.pid, signal.SIGCONT)


def test_a_server_that_was_restarted_is_not_noticed(own_server: Slapd, opened: Pool) -> None:
    store = Store(opened)
    assert store.exists(BASE)
    own_server.stop()
    own_server.start()
    store.modify(BASE, put("description", "restarted"))
    assert store.get(BASE).first("description") == "restarted"


def test_a_server_that_is_away_is_told_and_used_again_when_it_is_back(own_server: Slapd, opened: Pool) -> None:
    store = Store(opened)
    assert store.exists(BASE)
    own_server.stop()
    for call in (lambda: store.exists(BASE), lambda: store.modify(BASE, put("description", "x"))):
        with pytest.raises(Unavailable, match="does not answer"):
            call()
    own_server.start()
    assert store.exists(BASE)
    store.modify(BASE, put("description", "back"))


def test_a_server_that_was_killed_while_it_was_asked_is_told(own_server: Slapd, opened: Pool) -> None:
    store = Store(opened)
    assert store.exists(BASE)
    with ThreadPoolExecutor() as threads, paused(own_server):
        writing = threads.submit(store.modify, BASE, put("description", "killed"))
        reading = threads.submit(store.exists, BASE)
        own_server.kill()
        for answer in (writing, reading):
            with pytest.raises(Unavailable):
                answer.result(30)
    own_server.start()
    assert store.exists(BASE)


def test_a_server_that_hangs_is_not_waited_for_for_ever(own_server: Slapd) -> None:
    pool = Pool(own_server.settings(connect_timeout_s=0.3))
    store = Store(pool)
    assert store.exists(BASE)
    with paused(own_server), pytest.raises(Unavailable):
        store.exists(BASE)
    pool.close()


def test_no_more_connections_are_opened_than_may_be(own_server: Slapd) -> None:
    pool = Pool(own_server.settings(connections=2, connect_timeout_s=0.2))
    meet, leave = threading.Barrier(3), threading.Event()

    def hold(_connection: object) -> None:
        meet.wait(30)
        leave.wait(30)

    try:
        with ThreadPoolExecutor() as threads:
            held = [threads.submit(pool.run, hold, repeatable=True) for _ in range(2)]
            meet.wait(30)
            with pytest.raises(Unavailable, match="in use"):
                pool.run(lambda connection: None, repeatable=True)
            leave.set()
            for one in held:
                one.result(30)
        assert Store(pool).exists(BASE)
    finally:
        pool.close()


def test_a_wrong_password_is_told_without_it(own_server: Slapd) -> None:
    with pytest.raises(Unavailable, match="ldap_bind_dn") as caught:
        ask(own_server.settings(ldap_bind_password="not this"))
    assert "not this" not in str(caught.value)


def test_nobody_is_let_in_without_a_password(own_server: Slapd) -> None:
    with pytest.raises(Unavailable):
        ask(own_server.settings(ldap_bind_password=""))


def test_connections_can_be_encrypted_both_ways(own_server: Slapd) -> None:
    assert own_server.certificates is not None
    authority = own_server.certificates / "ca.pem"
    assert ask(own_server.settings(ldap_starttls=True, ldap_ca_file=authority))
    assert ask(own_server.settings(ldap_uri=own_server.tls_uri, ldap_ca_file=authority))


@pytest.mark.parametrize("encrypted", ["no", "starttls", "ldaps"])
def test_one_connection_serves_many_requests(own_server: Slapd, encrypted: str) -> None:
    assert own_server.certificates is not None
    way: dict[str, object] = {"no": {}, "starttls": {"ldap_starttls": True}, "ldaps": {"ldap_uri": own_server.tls_uri}}
    settings = own_server.settings(**way[encrypted], ldap_ca_file=own_server.certificates / "ca.pem")  # type: ignore[arg-type]
    pool = Pool(settings)

    def asked(connection: Any) -> Any:
        connection.search(BASE.dn, "(objectClass=*)", "BASE")
        return connection.socket.getsockname()

    assert len({pool.run(asked, repeatable=True) for _ in range(10)}) == 1
    pool.close()


@pytest.mark.parametrize("encrypted", ["starttls", "ldaps"])
def test_a_server_that_another_authority_signed_is_not_trusted(
    own_server: Slapd, tmp_path: Path, encrypted: str
) -> None:
    Certificate(tmp_path)
    way = {"ldap_starttls": True} if encrypted == "starttls" else {"ldap_uri": own_server.tls_uri}
    with pytest.raises(Unavailable, match="refuses us"):
        ask(own_server.settings(**way, ldap_ca_file=tmp_path / "ca.pem"))


def test_a_server_of_another_name_is_not_trusted(own_server: Slapd) -> None:
    assert own_server.certificates is not None
    other = own_server.settings(ldap_uri=own_server.uri.replace("127.0.0.1", "127.1"))  # the same place
    assert ask(other)
    with pytest.raises(Unavailable):
        ask(replace(other, ldap_starttls=True, ldap_ca_file=own_server.certificates / "ca.pem"))


@pytest.mark.parametrize("uri", ["", "host", "http://host", "ldap://", "ldap://host:port", "ldap://[::1", "ldapi:///x"])
def test_a_uri_that_cannot_be_used_is_refused(uri: str) -> None:
    with pytest.raises(Invalid) as caught:
        Pool(Accounts(ldap_uri=uri))
    assert caught.value.field == "accounts.ldap_uri"


def test_a_closed_pool_says_so(own_server: Slapd) -> None:
    pool = Pool(own_server.settings())
    store = Store(pool)
    assert store.exists(BASE)
    pool.close()
    with pytest.raises(Unavailable, match="closed"):
        store.exists(BASE)


def test_the_back_end_says_whether_it_can_be_used(own_server: Slapd) -> None:
    good = LdapBackend(own_server.settings())
    other = LdapBackend(own_server.settings(ldap_suffix="dc=other", ldap_bind_dn=f"cn=vmailadmin,{SUFFIX}"))
    away = LdapBackend(own_server.settings(ldap_uri=f"ldap://127.0.0.1:{free_port()}"))
    try:
        good.check()
        with pytest.raises(WrongState, match="init-db"):
            other.check()
        with pytest.raises(Unavailable):
            away.check()
    finally:
        for backend in (good, other, away):
            backend.close()
