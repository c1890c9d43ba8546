"""A signed-in account for coroutines, on the fake server of the plain client's tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.clients.o365.core.conftest import CLIENT, SECRET
from tests.clients.o365.core.conftest import ca_file as ca_file
from tests.clients.o365.core.conftest import certificate as certificate
from tests.clients.o365.core.conftest import server as server
from tests.clients.o365.core.fake import TENANT, Server

from O365.aio import Account
from O365.utils import MemoryTokenBackend

Make = Callable[..., Account]


@pytest.fixture
def make(server: Server, ca_file: str) -> Make:
    """Makes accounts; whoever does closes them."""

    def build(credentials: Any = (CLIENT, SECRET), **options: Any) -> Account:
        given = {"authority": server.authority, "base_url": server.base_url, "verify_ssl": ca_file}
        given |= {"token_backend": MemoryTokenBackend(), "tenant_id": TENANT, "auth_flow_type": "credentials"}
        return Account(credentials, **{**given, "main_resource": "me", **options})

    return build
