"""Back ends over each of the three engines, for what only SQL has: columns and rows."""

from __future__ import annotations

import pytest
from tests.suites.accounts.world import World

from postroom.accounts.backends.sql.backend import SqlBackend
from postroom.accounts.database.connect import Databases


@pytest.fixture
def sql_world(databases: Databases) -> World:
    """Without any account."""
    return World(SqlBackend(databases), databases)
