"""The protocols of ours and of the original say the same of themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.compat.conftest import run

Options = dict[str, Any]
CURRENT: list[tuple[str, Options]] = [
    ("MSGraphProtocol", {}),
    ("MSGraphProtocol", {"api_version": "beta", "default_resource": "anna@example.com"}),
    ("MSBusinessCentral365Protocol", {}),
    ("MSBusinessCentral365Protocol", {"api_version": "v2.0", "default_resource": "companies"}),
    ("MSBusinessCentral365Protocol", {"environment": "sandbox"}),
]
EARLIER: list[tuple[str, Options]] = [
    ("MSGraphProtocol", {}),
    ("MSOffice365Protocol", {}),
    ("MSOffice365Protocol", {"api_version": "beta", "default_resource": "anna@example.com"}),
    ("MSBusinessCentral365Protocol", {}),
    ("MSBusinessCentral365Protocol", {"environment": "sandbox"}),
]


PROGRAM = Path(__file__).parent / "programs" / "protocols.py"


# Versions before 2.1 leave scopes alone that no helper names; ours does as 2.1 does.
@pytest.mark.parametrize(("of", "made", "scopes"), [("original", CURRENT, ["Own.Scope"]), ("earlier", EARLIER, [])])
def test_protocols_have_the_same_urls_scopes_names_and_words(
    request: pytest.FixtureRequest, ours: Path, of: str, made: list[tuple[str, Options]], scopes: list[str]
) -> None:
    given = {"made": made, "scopes": scopes}
    theirs, own = (run([python, PROGRAM], given).seen for python in (request.getfixturevalue(of), ours))
    assert len(theirs) == len(made)
    assert own == theirs
