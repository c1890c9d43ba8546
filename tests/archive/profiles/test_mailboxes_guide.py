"""The guide to mailboxes: its examples are profiles that are taken, and it names every key."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from postroom.archive.profiles import connectors
from postroom.archive.profiles.common import CHOICE
from postroom.archive.profiles.connectors import imap, pop3
from postroom.archive.profiles.exports.imap import IMAP as IMAP_EXPORT
from postroom.archive.profiles.profiles import Given, checked_profile

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "guides" / "mailboxes.md").read_text("utf-8")
EXAMPLES: list[dict[str, Any]] = [
    json.loads(text) for text in re.findall(r"^```json\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["name"]))
def test_examples_are_profiles_that_are_taken(example: dict[str, Any]) -> None:
    profile = checked_profile(Given(**example))
    assert profile.connector in connectors.names(example["type"])


def test_the_page_has_examples_of_both_directions() -> None:
    assert {example["type"] for example in EXAMPLES} == {"I", "E"}


@pytest.mark.parametrize(
    "connector",
    [imap.SINGLE, imap.BATCH, imap.MULTIDROP, pop3.SINGLE, pop3.MULTIDROP, IMAP_EXPORT],
    ids=lambda connector: str(type(connector)),
)
def test_the_page_names_every_key(connector: Any) -> None:
    assert f"`{connector.name}`" in PAGE
    own = {key.name for key in connector.keys} - {key.name for key in CHOICE}
    assert [name for name in own if name not in PAGE] == []
