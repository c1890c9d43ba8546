"""The suite of the directory runs on each back end: whatever keeps the accounts, it says the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.accounts.services.fixtures import ENGINES, fresh
from tests.accounts.services.slapd_fixtures import fresh_ldap
from tests.suites.accounts.world import World

from postroom.accounts.backends import open_backend
from postroom.accounts.database.connect import Databases


@pytest.fixture(params=(*ENGINES, "ldap"))
def directory_world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Without any account."""
    ldap = request.param == "ldap"
    settings = fresh_ldap(request, tmp_path) if ldap else fresh(request.param, request, tmp_path)
    databases = Databases.open(settings, tmp_path)
    backend = open_backend(settings, databases)
    yield World(backend, databases)
    backend.close()
    databases.close()
