"""One private OpenLDAP server for all tests in here; each test begins with an empty tree."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.accounts.services.slapd import READER_PASSWORD, SUFFIX, WRITER_PASSWORD, Slapd, slapd

from postroom.accounts.backends.ldap.connection import Pool
from postroom.accounts.backends.ldap.initialise import initialise
from postroom.accounts.backends.ldap.names import Node, Tree
from postroom.accounts.backends.ldap.store import Store


@pytest.fixture(scope="session")
def server() -> Iterator[Slapd]:
    """Has the entries of the tree, and no domain."""
    with slapd() as running:
        initialise(running.manager(), READER_PASSWORD, WRITER_PASSWORD)
        yield running


@pytest.fixture
def tree() -> Tree:
    return Tree(SUFFIX)


@pytest.fixture
def pool(server: Slapd) -> Iterator[Pool]:
    opened = Pool(server.settings())
    yield opened
    opened.close()


@pytest.fixture
def store(pool: Pool, tree: Tree) -> Store:
    """Over an empty tree."""
    opened = Store(pool)
    for base in (tree.domains, tree.admins):
        found = (entry.dn for entry in opened.find(base, "(objectClass=*)"))
        for dn in sorted(found, key=lambda dn: -dn.count(",")):
            if dn != base:
                opened.delete(Node("entry", dn, dn))
    return opened
