"""One program, two clients: the unmodified original and ours see the same and ask for the same."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest
from tests.compat.conftest import Flow, Way, World

PROGRAMS = ("mail", "paging", "settings")


def expected(program: str, given: dict[str, Any]) -> Any:
    found = importlib.import_module(f"tests.compat.programs.{program}").expected(given)
    return json.loads(json.dumps(found))


@pytest.mark.parametrize("flow", ["password", "credentials"])
@pytest.mark.parametrize("way", ["proxy", "address"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_the_original_runs_as_it_is(world: World, original: Path, program: str, way: Way, flow: Flow) -> None:
    given = world.given(way, flow)
    assert world.run(original, program, given).seen == expected(program, given)


@pytest.mark.parametrize("flow", ["password", "credentials"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_ours_runs_the_same_programs(world: World, ours: Path, program: str, flow: Flow) -> None:
    given = world.given("proxy", flow)
    assert world.run(ours, program, given).seen == expected(program, given)
