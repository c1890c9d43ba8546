"""For the tests of programs that use Microsoft Graph: `pytest_plugins = ["postroom.testing"]` in a conftest.py.

`graph` is a server of the test's own, `session_graph` one for all tests that ask for it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from postroom.testing.local import LocalGraph, User, local_graph

__all__ = ["LocalGraph", "User", "graph", "local_graph", "session_graph"]


@pytest.fixture
def graph() -> Iterator[LocalGraph]:
    """A Microsoft Graph that nobody else uses."""
    with local_graph() as running:
        yield running


@pytest.fixture(scope="session")
def session_graph() -> Iterator[LocalGraph]:
    """A Microsoft Graph for all tests of the session: faster, and each test sees what others left."""
    with local_graph() as running:
        yield running
