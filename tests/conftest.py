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


FIRST = (
    "tests/cli/test_guides.py",
    "tests/benchmarks/",
    "tests/corpus/",
    "tests/cli/test_demo.py",
    "tests/faults/",
    "tests/compat/",
    "tests/archive/test_bombs.py",
    "tests/accounts/mail/",
    "tests/accounts/mailconfig/",
    "tests/testing/",
)
"""What takes long comes first, so that at the end no process is left alone with it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        return next((place for place, name in enumerate(FIRST) if item.nodeid.startswith(name)), len(FIRST))

    items.sort(key=rank)


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """The command line sets a umask for its process, which here is that of all tests."""
    before = os.umask(0o022)
    yield
    os.umask(before)
