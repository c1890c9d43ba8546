"""Runs what a guide shows, block by block, as one program; lets examples sign in."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from examples.o365.connection import SCOPES

from O365 import Account
from postroom.testing import LocalGraph, User

GUIDES = Path(__file__).parents[3] / "docs" / "guides"


def run_guide(name: str, **given: Any) -> dict[str, Any]:
    """The variables at the end; those of the beginning are given."""
    found = re.findall(r"^```python\n(.*?)^```", (GUIDES / name).read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert found, name
    variables = dict(given)
    for number, block in enumerate(found, 1):
        exec(compile(block, f"{name}, block {number}", "exec"), variables)
    return variables


def connecting(graph: LocalGraph, user: User, **options: Any) -> Callable[..., Account]:
    """What stands for `connect` of the examples: a password instead of a browser, and rights to what they ask for."""
    return lambda _, *more: graph.account(user, scopes=[*SCOPES, *more], **options)
