"""What an attacker tries: strangers first, then domain admins and holders of tokens. Roles are in `test_roles`."""

from __future__ import annotations

import gc

from starlette.requests import Request
from tests.faces.iredadmin.conftest import World

# Strangers


def requests_alive() -> int:
    gc.collect()
    return sum(isinstance(one, Request) for one in gc.get_objects())


def test_nothing_of_a_refused_request_stays_in_memory(world: World) -> None:
    stranger = world.caller()
    refused = [("GET", "/domains"), ("GET", "/no/such/route"), ("POST", "/login")]
    before = requests_alive()
    for _ in range(20):
        for method, path in refused:
            stranger.refused(method, path, username="root@nowhere.test", password="wrong")
    assert requests_alive() < before + 10
