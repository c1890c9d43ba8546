"""What holds for all tests."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from zlib import crc32

import pytest
from hypothesis import settings

# How long one example takes says more about the machine's other work than about the code; pytest-timeout guards hangs.
# Others in each run; `PROPERTY_EXAMPLES` gives each property more.
settings.register_profile("postroom", deadline=None, max_examples=int(os.environ.get("PROPERTY_EXAMPLES", "16")))
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


SERVERS = ("postgresql", "mariadb")
"""What runs on both runs on one of them, always the same; `SERVERS=both` runs all. SQLite and LDAP are in each run."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [] if os.environ.get("SERVERS") == "both" else _on_the_other_server(items)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]

    def rank(item: pytest.Item) -> int:
        return next((place for place, name in enumerate(FIRST) if item.nodeid.startswith(name)), len(FIRST))

    items.sort(key=rank)


def _on_the_other_server(items: list[pytest.Item]) -> list[pytest.Item]:
    named = {item.nodeid for item in items}
    left_out = []
    for item in items:
        for own, other in (SERVERS, SERVERS[::-1]):
            twin = item.nodeid.replace(own, other)
            if twin != item.nodeid and twin in named and SERVERS[crc32(min(item.nodeid, twin).encode()) % 2] != own:
                left_out.append(item)
    return left_out


def pytest_collection_finish() -> None:
    """What was collected stays to the end: the garbage collector need not look through it each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """The command line sets a umask for its process, which here is that of all tests."""
    before = os.umask(0o022)
    yield
    os.umask(before)
