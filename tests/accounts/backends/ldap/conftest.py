"""Empty trees in the private OpenLDAP server that all tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.accounts.backends.ldap.ldap_world import LdapWorld
from tests.accounts.services.slapd import SUFFIX, Slapd
from tests.accounts.services.slapd_fixtures import empty, fresh_ldap

from postroom.accounts.backends.ldap.backend import LdapBackend
from postroom.accounts.backends.ldap.connection import Pool
from postroom.accounts.backends.ldap.names import Tree
from postroom.accounts.backends.ldap.store import Store
from postroom.accounts.database.connect import Databases


@pytest.fixture
def tree() -> Tree:
    return Tree(SUFFIX)


@pytest.fixture
def pool(slapd_server: Slapd) -> Iterator[Pool]:
    opened = Pool(slapd_server.settings())
    yield opened
    opened.close()


@pytest.fixture
def store(slapd_server: Slapd, pool: Pool) -> Store:
    """Over an empty tree."""
    empty(slapd_server.settings())
    return Store(pool)


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LdapWorld]:
    """Accounts are made through the directory, and looked at as entries."""
    settings = fresh_ldap(request, tmp_path)
    databases = Databases.open(settings, tmp_path)
    backend = LdapBackend(settings)
    yield LdapWorld(backend, databases)
    backend.close()
    databases.close()
