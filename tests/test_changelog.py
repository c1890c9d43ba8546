"""Each file in changelog.d tells one change in the agreed form."""

from __future__ import annotations

from pathlib import Path

import pytest

DIRECTORY = Path(__file__).resolve().parent.parent / "changelog.d"
ENTRIES = sorted(path for path in DIRECTORY.iterdir() if path.name != "README.md")


@pytest.mark.parametrize("path", ENTRIES, ids=lambda path: path.name)
def test_an_entry_begins_with_its_kind_and_one_sentence(path: Path) -> None:
    assert path.suffix == ".md"
    first, *rest = path.read_text("utf-8").splitlines()
    kind, _, sentence = first.partition(": ")
    assert kind in {"New", "Fix", "Change"}
    assert sentence.endswith(".")
    assert not rest or rest[0] == ""
