"""A management database with cheap passwords, and the settings for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.archive.instances import settings as base

from postroom.archive.instance.audit import SYSTEM
from postroom.archive.management.management import Management
from postroom.settings import Spe

Open = Callable[..., AbstractContextManager[Management]]
HOST = "host1"


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """Opens it: `opened(idle_s=..., open=..., clock=...)`."""

    @contextmanager
    def opened(*, clock: Callable[[], int] | None = None, **spe: Any) -> Iterator[Management]:
        told = replace(base(), spe=Spe(**spe))
        more = {} if clock is None else {"clock": clock}
        with Management(tmp_path / "archive", told, **more) as management:
            if not management.hosts.matching():
                management.hosts.create(HOST, {"port": 8472, "thumbprint": "AB" * 20}, SYSTEM)
            yield management

    return opened


@pytest.fixture
def management(opened: Open) -> Iterator[Management]:
    with opened() as management:
        yield management


def make(management: Management, *names: str, **facts: object) -> None:
    """Instances that run."""
    for name in names:
        management.create_instance(name, {"host": HOST, **facts}, SYSTEM)
