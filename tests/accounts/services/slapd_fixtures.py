"""Fixtures of OpenLDAP, for all tests: one private server, started when first asked for, and empty trees in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.accounts.services.slapd import READER_PASSWORD, WRITER_PASSWORD, Slapd, slapd

from postroom.accounts.backends.ldap.connection import Pool
from postroom.accounts.backends.ldap.initialise import initialise as make_tree
from postroom.accounts.backends.ldap.names import Node, Tree
from postroom.accounts.backends.ldap.store import Store
from postroom.accounts.database import initialise
from postroom.accounts.database.connect import Databases
from postroom.settings import Accounts


@pytest.fixture(scope="session")
def slapd_server() -> Iterator[Slapd]:
    """Has the entries above domains and admins."""
    with slapd() as running:
        make_tree(running.manager(), READER_PASSWORD, WRITER_PASSWORD)
        yield running


@pytest.fixture(scope="session")
def iredadmin_template(slapd_server: Slapd, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database `iredadmin` with all tables that it has beside a tree, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    databases = Databases.open(_beside(slapd_server, folder), folder)
    try:
        initialise.create(databases)
    finally:
        databases.close()
    return folder / "iredadmin.db"


def fresh_ldap(request: pytest.FixtureRequest, folder: Path) -> Accounts:
    """Settings of an empty tree, and of a database `iredadmin` beside it, with all its tables."""
    server: Slapd = request.getfixturevalue("slapd_server")
    empty(server.settings())
    shutil.copy(request.getfixturevalue("iredadmin_template"), folder)
    return _beside(server, folder)


def _beside(server: Slapd, folder: Path) -> Accounts:
    return replace(server.settings(), iredadmin_url=f"sqlite:///{folder / 'iredadmin.db'}")


def empty(accounts: Accounts) -> None:
    """No domain and no admin is left."""
    pool, tree = Pool(accounts), Tree(accounts.ldap_suffix)
    try:
        store = Store(pool)
        for base in (tree.domains, tree.admins):
            found = sorted((entry.dn for entry in store.find(base, "(objectClass=*)")), key=len, reverse=True)
            for dn in found:
                if dn != base:
                    store.delete(Node("entry", dn, dn))
    finally:
        pool.close()
