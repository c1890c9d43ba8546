"""Runs what a guide shows, block by block, as one program."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

GUIDES = Path(__file__).parents[3] / "docs" / "guides"


def run_guide(name: str, **given: Any) -> dict[str, Any]:
    """The variables at the end; those of the beginning are given."""
    found = re.findall(r"^```python\n(.*?)^```", (GUIDES / name).read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert found, name
    variables = dict(given)
    for number, block in enumerate(found, 1):
        exec(compile(block, f"{name}, block {number}", "exec"), variables)
    return variables
