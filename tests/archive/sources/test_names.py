"""Folder names and native ids out of anything."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.archive.sources import names
from postroom.archive.storage.store import clean_path


@pytest.mark.parametrize(
    ("components", "expected"),
    [
        (("Inbox", "Work"), "Inbox/Work"),
        ((), ""),
        (("", "a", "", "b"), "a/b"),
        (("..", "..", "etc"), "%2E%2E/%2E%2E/etc"),
        ((".", "a"), "%2E/a"),
        (("a/b",), "a%2Fb"),
        (("a\0b\x7f\u0085",), "a%00b%7F%C2%85"),
        (("caf\udce9",), "caf%E9"),
        (("e\u0301",), "\u00e9"),
        (("CON", "C:", "a\\b ", "x."), "CON/C:/a\\b%20/x."),
        (("\u00a0 a b\u3000", " "), "%C2%A0%20a b%E3%80%80/%20"),
        (("\u0928\u094d\u200d\u0926\u00a0x",), "\u0928\u094d\u200d\u0926\u00a0x"),
    ],
)
def test_a_folder_is_shown_as_it_is_or_escaped_visibly(components: tuple[str, ...], expected: str) -> None:
    assert names.folder(components) == expected


def test_long_names_are_cut_and_stay_different() -> None:
    one, two = names.folder(("x" * 10_000 + "1",)), names.folder(("x" * 10_000 + "2",))
    assert one != two
    assert len(one) <= names.COMPONENT_BYTES
    deep = names.folder(tuple("abcdefgh" for _ in range(5000)))
    assert len(deep) <= names.PATH_BYTES
    assert len(deep.split("/")) == names.PATH_COMPONENTS
    assert len(names.folder(("ü" * 1000,)).encode()) <= names.COMPONENT_BYTES


anything = st.text(st.characters(exclude_categories=())) | st.binary().map(lambda b: b.decode(errors="surrogateescape"))


@given(st.lists(anything, max_size=6), st.integers(1, 100))
def test_every_folder_is_one_that_a_store_takes(components: list[str], times: int) -> None:
    made = names.folder(tuple(components) * times)
    assert clean_path("folder", f"anna/{made}" if made else "anna")
    assert unicodedata.is_normalized("NFC", made)
    assert len(made.encode()) <= names.PATH_BYTES
    assert not any(unicodedata.category(char) == "Cc" for char in made)
    for part in made.split("/") if made else []:
        assert part not in ("", ".", "..")
        assert len(part.encode()) <= names.COMPONENT_BYTES


@given(anything, anything)
def test_native_ids_are_plain_and_different(one: str, two: str) -> None:
    made = names.native(one)
    assert made.isascii()
    assert len(made) <= names.NATIVE_CHARS
    assert (made == names.native(two)) == (one == two)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Entw&APw-rfe", "Entwürfe"),
        ("&U,BTFw-", "台北"),
        ("A&-B", "A&B"),
        ("R&D", "R&D"),
        ("Müll", "Müll"),
        ("&2AA-", "&2AA-"),
        ("&!!-", "&!!-"),
        ("a&", "a&"),
    ],
)
def test_maildir_names_are_utf7_or_utf8(raw: str, text: str) -> None:
    assert names.mutf7(raw) == text
