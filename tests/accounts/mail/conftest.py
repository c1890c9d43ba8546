"""One mail server for each back end, for all tests of this folder."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import quote

import pytest
from tests.accounts.mail.mail_server import SQL, MailServer, mail_server
from tests.accounts.services.fixtures import NOWHERE
from tests.accounts.services.mariadb import MariaDB
from tests.accounts.services.postgresql import NAMES, PostgreSQL
from tests.accounts.services.slapd import READER_PASSWORD as LDAP_READER_PASSWORD
from tests.accounts.services.slapd import Slapd
from tests.accounts.services.slapd_fixtures import empty

from postroom.accounts.database import initialise
from postroom.accounts.database.connect import Databases
from postroom.settings import Accounts

BACKENDS = (*SQL, "ldap")
READER = "vmail"
READER_PASSWORD = "r%ad@er"


@pytest.fixture(scope="package", params=BACKENDS)
def mail(request: pytest.FixtureRequest) -> Iterator[MailServer]:
    with _accounts(request.param, request) as accounts, mail_server(accounts) as server:
        yield server
        assert complaints(server) == []


def complaints(server: MailServer) -> list[str]:
    """What Postfix and Dovecot found wrong with their configuration. That somebody may not sign in is what tests do,
    that the clock jumped is the machine's."""
    lines = [*server.postfix.mail_log.splitlines(), *server.dovecot.mail_log.splitlines()]
    wrong = re.compile(r"warning: |error: |fatal: |panic: ", re.IGNORECASE)
    fine = re.compile(r"authentication failed|Time (just )?moved (for|back)wards")
    return [line for line in lines if wrong.search(line) and not fine.search(line)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that failed shows what Postfix and Dovecot wrote last."""
    report = yield
    server = getattr(item, "funcargs", {}).get("mail")
    if report.when == "call" and report.failed and isinstance(server, MailServer):
        report.sections.append(("Postfix", "\n".join(server.postfix.mail_log.splitlines()[-20:])))
        report.sections.append(("Dovecot", "\n".join(server.dovecot.mail_log.splitlines()[-20:])))
    return report


@contextmanager
def _accounts(backend: str, request: pytest.FixtureRequest) -> Iterator[Accounts]:
    """Settings of empty databases that only these tests use."""
    if backend == "sqlite":
        yield Accounts()
    elif backend == "mariadb":
        maria: MariaDB = request.getfixturevalue("mariadb_server")
        with maria.databases(len(NAMES)) as names:
            accounts = maria.accounts(**dict(zip(NAMES, names, strict=True)))
            _create_tables(accounts)
            yield accounts
    elif backend == "ldap":
        with _postgresql(request, ["template1"] * len(NAMES)) as others:
            accounts = _with_directory(request, others)
            _create_tables(accounts)
            _let_readers_count(request, accounts.mail_server_url)
            yield accounts
    else:
        with _postgresql(request, request.getfixturevalue("postgresql_templates")) as accounts:
            _let_readers_count(request, accounts.mail_server_url)
            yield accounts


@contextmanager
def _postgresql(request: pytest.FixtureRequest, templates: Sequence[str]) -> Iterator[Accounts]:
    """Postfix and Dovecot come as somebody of their own."""
    postgres: PostgreSQL = request.getfixturevalue("postgresql_server")
    with postgres.databases(*templates) as names:
        databases = dict(zip(NAMES, names, strict=True))
        place = f"127.0.0.1:{postgres.port}"
        read = databases["iredadmin" if templates[0] == "template1" else "vmail"]
        if not postgres.execute(f"SELECT 1 FROM pg_roles WHERE rolname = '{READER}'"):
            postgres.execute(f"CREATE ROLE {READER} LOGIN PASSWORD '{READER_PASSWORD}'")
        url = f"postgresql://{READER}:{quote(READER_PASSWORD)}@{place}/{read}"
        yield replace(postgres.accounts(**databases), mail_server_url=url)


def _let_readers_count(request: pytest.FixtureRequest, url: str) -> None:
    """They read everything, and write only what Dovecot counts."""
    postgres: PostgreSQL = request.getfixturevalue("postgresql_server")
    database = url.rpartition("/")[2]
    postgres.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READER}", database)
    postgres.execute(f"GRANT INSERT, UPDATE, DELETE ON used_quota, last_login TO {READER}", database)


def _with_directory(request: pytest.FixtureRequest, others: Accounts) -> Accounts:
    """The tree of OpenLDAP, with the other databases beside it."""
    server: Slapd = request.getfixturevalue("slapd_server")
    empty(server.settings())
    return server.settings(
        ldap_reader_password=LDAP_READER_PASSWORD,
        iredapd_url=others.iredapd_url,
        amavisd_url=others.amavisd_url,
        iredadmin_url=others.iredadmin_url,
        mail_server_url=others.mail_server_url,
    )


def _create_tables(accounts: Accounts) -> None:
    opened = Databases.open(accounts, NOWHERE)
    try:
        initialise.create(opened)
    finally:
        opened.close()
