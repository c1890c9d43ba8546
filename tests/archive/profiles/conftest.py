"""One Dovecot for all tests of this folder; each test has mailboxes of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.archive.profiles.dovecot import Dovecot, dovecot

from postroom.web.tls import Certificate


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small authority and its certificate for localhost."""
    folder = tmp_path_factory.mktemp("tls")
    Certificate(folder)
    return folder


@pytest.fixture(scope="session")
def mail(authority: Path) -> Iterator[Dovecot]:
    with dovecot(authority / "server.pem") as server:
        yield server


_NUMBERS = itertools.count(1)


@pytest.fixture
def user() -> str:
    """One that no other test uses."""
    return f"anna{next(_NUMBERS)}"
