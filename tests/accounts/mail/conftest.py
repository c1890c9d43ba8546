"""One mail server for each back end, for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.accounts.mail.mail_server import MailServer, mail_server
from tests.accounts.services.postgresql import NAMES, PostgreSQL

from postroom.settings import Accounts

BACKENDS = ("sqlite", "postgresql")
READER = "vmail"
READER_PASSWORD = "r%ad@er"


@pytest.fixture(scope="package", params=BACKENDS)
def mail(request: pytest.FixtureRequest) -> Iterator[MailServer]:
    with _accounts(request.param, request) as accounts, mail_server(accounts) as server:
        yield server


@contextmanager
def _accounts(backend: str, request: pytest.FixtureRequest) -> Iterator[Accounts]:
    """Settings of empty databases that only these tests use."""
    if backend == "sqlite":
        yield Accounts()
    else:
        postgres: PostgreSQL = request.getfixturevalue("postgresql_server")
        with postgres.databases(*request.getfixturevalue("postgresql_templates")) as names:
            databases = dict(zip(NAMES, names, strict=True))
            _make_reader(postgres, databases["vmail"])
            accounts = postgres.accounts(**databases)
            port, name = postgres.port, databases["vmail"]
            reader = f"postgresql://{READER}:{READER_PASSWORD.replace('%', '%25').replace('@', '%40')}"
            yield Accounts(
                backend="postgresql",
                vmail_url=accounts.vmail_url,
                iredapd_url=accounts.iredapd_url,
                amavisd_url=accounts.amavisd_url,
                iredadmin_url=accounts.iredadmin_url,
                mail_server_url=f"{reader}@127.0.0.1:{port}/{name}",
            )


def _make_reader(postgres: PostgreSQL, database: str) -> None:
    """Who reads accounts, and writes only what Dovecot counts."""
    postgres.execute(f"CREATE ROLE {READER} LOGIN PASSWORD '{READER_PASSWORD}'")
    postgres.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {READER}", database)
    postgres.execute(f"GRANT INSERT, UPDATE, DELETE ON used_quota, last_login TO {READER}", database)
