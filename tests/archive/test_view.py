"""What `folder:` in a query means, over a real archive; what is kept for snippets."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from tests.archive.instances import found, settings, take_in

from postroom.archive.archive import Archive
from postroom.archive.instance.audit import SYSTEM
from postroom.archive.view import RecentPassages, SearchableMount
from postroom.errors import NotFound


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


def test_a_text_is_read_once_until_newer_ones_push_it_out() -> None:
    texts, store = RecentPassages(most_chars=10), uuid4()
    read: list[int] = []

    def text(number: int) -> str:
        def words() -> str:
            read.append(number)
            return "words"

        return texts.of(store, number, words).text

    assert [text(number) for number in (1, 2, 1, 3, 1, 2)] == ["words"] * 6
    assert read == [1, 2, 3, 2]


def test_a_text_longer_than_all_that_is_kept_is_read_each_time() -> None:
    texts, store = RecentPassages(most_chars=10), uuid4()
    assert texts.of(store, 1, lambda: "longer than ten").text == "longer than ten"
    assert texts.of(store, 1, lambda: "anew and as long").text == "anew and as long"


def test_what_could_not_be_read_is_asked_again_and_stores_are_kept_apart() -> None:
    texts, store = RecentPassages(), uuid4()

    def missing() -> str:
        raise NotFound("message", 1)

    with pytest.raises(NotFound):
        texts.of(store, 1, missing)
    assert texts.of(store, 1, lambda: "first").text == "first"
    assert texts.of(uuid4(), 1, lambda: "other").text == "other"


def test_a_store_that_was_opened_again_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "1.eml").write_text("From: a@example.org\nSubject: 1\n\nHello\n")
    with Archive(tmp_path / "home", settings()) as archive:
        take_in(archive, tmp_path / "mail")
        mount, passages = archive.stores.all()[0], RecentPassages()
        first = SearchableMount(mount, archive.messages, passages).passage(1)
        assert SearchableMount(mount, archive.messages, passages).passage(1) is first
        for state in ("disabled", "normal"):
            archive.stores.set_state(mount.row.id, state, SYSTEM)
        again = SearchableMount(archive.stores.get(mount.row.id), archive.messages, passages).passage(1)
        assert (again is first, again.text) == (False, first.text)
