"""What the routes of Graph want can be asked for."""

from __future__ import annotations

from postroom.faces.graph.route import ANYBODY
from postroom.faces.graph.routes import ROUTES
from postroom.workspace.signin.permissions import PERMISSIONS


def test_every_scope_of_a_route_is_one_that_users_can_give() -> None:
    wanted = {name for route in ROUTES for name in route.delegated} - set(ANYBODY)
    assert wanted
    assert {
        name for name in wanted if name.lower() not in PERMISSIONS or not PERMISSIONS[name.lower()].signed_in
    } == set()


def test_every_role_of_a_route_is_one_that_apps_can_have() -> None:
    wanted = {name for route in ROUTES for name in route.application} - set(ANYBODY)
    assert wanted
    assert {name for name in wanted if name.lower() not in PERMISSIONS or not PERMISSIONS[name.lower()].alone} == set()
