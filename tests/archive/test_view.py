"""What `folder:` in a query means, over a real archive."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.archive.instances import found, settings, take_in

from postroom.archive.archive import Archive


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("folder:Inbox", {1, 2}),
        ("folder:inbox", {1, 2}),
        ("folder:anna/INBOX", {1, 2}),
        ("folder:inbox/old", {2}),
        ("folder:Old", {2}),
        ("folder:Sent", {3}),
        ("folder:box", set()),
        ("folder:anna", {1, 2, 3}),
    ],
)
def test_a_folder_is_found_by_the_end_of_its_path_in_any_case(tmp_path: Path, query: str, expected: set[int]) -> None:
    for number, folder in enumerate(("Inbox", "Inbox/Old", "Sent"), 1):
        (tmp_path / "mail" / folder).mkdir(parents=True, exist_ok=True)
        text = f"From: a@example.org\nSubject: {number}\nDate: Mon, 5 Jan 2026 10:00:0{number} +0000\n\nHello\n"
        (tmp_path / "mail" / folder / f"{number}.eml").write_text(text)
    with Archive(tmp_path / "home", settings()) as archive:
        take_in(archive, tmp_path / "mail")
        numbers = {
            archive.messages.detail(listed.id).words.subject: listed.id.number
            for folder in ("anna/Inbox", "anna/Inbox/Old", "anna/Sent")
            for listed in archive.messages.in_folder(folder)
        }
        assert found(archive, query) == {numbers[str(number)] for number in expected}
