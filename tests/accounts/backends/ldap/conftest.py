"""A store over an empty tree, in the private OpenLDAP server that all tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.accounts.services.slapd import SUFFIX, Slapd
from tests.accounts.services.slapd_fixtures import empty

from postroom.accounts.backends.ldap.connection import Pool
from postroom.accounts.backends.ldap.names import Tree
from postroom.accounts.backends.ldap.store import Store


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
