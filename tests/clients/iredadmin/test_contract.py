"""The contract: complete, consistent, and names that stay apart in Python."""

from __future__ import annotations

import subprocess
import sys

import pytest
from scripts.generate_iredadmin import SESSION, iterated, params

from iredadmin.contract import GROUPS, ROUTES, Route

EVERY = list(ROUTES.values())
NEWEST = [route for route in EVERY if not route.ours and not route.withdrawn]


def test_it_has_the_129_combinations_of_the_newest_document() -> None:
    assert sum(len(route.combinations()) for route in NEWEST) == 129


def test_it_has_the_4_combinations_that_were_withdrawn() -> None:
    assert sum(len(route.combinations()) for route in EVERY if route.withdrawn) == 4


def test_no_combination_is_there_twice() -> None:
    every = [f"{method} {path}" for route in EVERY for method in (route.method, *route.methods)
             for path in route.combinations()]  # fmt: skip
    assert len(set(every)) == len(every)


def test_only_the_subscribable_lists_are_for_later() -> None:
    assert {route.resource for route in EVERY if not route.built} == {"subscribable_lists"}


def test_every_route_is_in_one_group() -> None:
    assert [route for group in GROUPS.values() for route in group] == EVERY


def test_contract_needs_the_standard_library_only() -> None:
    code = "import sys, iredadmin.contract; print([m for m in ('httpx2', 'msgspec', 'postroom') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("route", EVERY, ids=lambda route: route.key)
def test_row_is_consistent(route: Route) -> None:
    assert route.doc.endswith(".")
    assert route.source or route.ours
    assert (route.data is None) == (route.method != "GET")
    names = [name for param in route.params for name in (param.name, *param.aliases)]
    assert len(set(names)) == len(names)
    for param in route.params:
        assert param.doc.endswith(".")
        assert not param.presence or param.kind == "text"
        assert param.secret == (param.name in {"password", "password_hash"})
        others = {other.name: other for other in route.params}
        assert all(param.name in others[name].conflicts for name in param.conflicts if name in others)


@pytest.mark.parametrize("route", [route for route in EVERY if route.resource != SESSION], ids=lambda route: route.key)
def test_names_stay_apart_in_snake_case(route: Route) -> None:
    for given in (params(route), iterated(route)):
        names = ["self", "page_size", *(place.name for place in route.places), *(param.python for param in given)]
        assert len(set(names)) == len(names)
        assert all(name.isidentifier() and name == name.lower() for name in names)
