"""The suite of the directory runs on each back end: whatever keeps the accounts, it says the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.accounts.services.fixtures import ENGINES, fresh
from tests.suites.accounts.world import World

from postroom.accounts.backends import open_backend
from postroom.accounts.database.connect import Databases


@pytest.fixture(params=ENGINES)
def directory_world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Without any account."""
    settings = fresh(request.param, request, tmp_path)
    databases = Databases.open(settings, tmp_path)
    backend = open_backend(settings, databases)
    yield World(backend, databases)
    backend.close()
    databases.close()
