"""What holds for all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

# How long one example takes says more about the machine's other work than about the code; pytest-timeout guards hangs.
# Others in each run; `PROPERTY_EXAMPLES` gives each property more.
settings.register_profile("postroom", deadline=None, max_examples=int(os.environ.get("PROPERTY_EXAMPLES", "25")))
settings.load_profile("postroom")

pytest_plugins = ["tests.accounts.services.fixtures", "tests.accounts.services.slapd_fixtures"]


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """The command line sets a umask for its process, which here is that of all tests."""
    before = os.umask(0o022)
    yield
    os.umask(before)
