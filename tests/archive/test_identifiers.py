"""Names: what people see as one name is one name."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.archive.instance.identifiers import (
    checked_address,
    checked_name,
    checked_text,
    checked_user_name,
    name_key,
)
from postroom.errors import Invalid


@given(st.text())
def test_a_key_is_its_own_key_whatever_the_composition(name: str) -> None:
    key = name_key(name)
    assert name_key(key) == key
    assert {name_key(unicodedata.normalize(form, name)) for form in ("NFC", "NFD")} == {key}


@given(st.text())
def test_a_name_that_passes_is_stored_as_it_is_and_passes_again(name: str) -> None:
    try:
        good = checked_user_name(name)
    except Invalid:
        return
    assert checked_user_name(good) == good == unicodedata.normalize("NFC", name)
    assert name_key(good) == name_key(name)
    assert not set("/\\\0\n\x7f") & set(good)
    assert good.strip() == good not in ("", ".", "..")
    assert good.encode()


@pytest.mark.parametrize(
    ("one", "other"),
    [("Müller", "müller"), ("Mu\u0308ller", "MÜLLER"), ("STRASSE", "straße"), ("ΣΊΣΥΦΟΣ", "σίσυφος"), ("Ǆ", "ǆ")],
)
def test_case_and_composition_make_no_second_user(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    "name",
    ["", " anna", "anna ", "\u00a0anna", ".", "..", "a/b", "a\\b", "a\0", "a\nb", "a\u202eb", "a\u200bb", "\ufeffa",
     "a\u2028b", "\ud800", "x" * 256, "@catchall", "$archiveadmin"],
)  # fmt: skip
def test_names_that_could_deceive_or_be_no_folder_are_refused(name: str) -> None:
    with pytest.raises(Invalid, match="user name: expected"):
        checked_user_name(name)


@pytest.mark.parametrize(
    "name", ["anna", "anna@example.com", "Anna Fox", "O'Neil", "x" * 255, "می\u200cخواهم", "李雷", "a.b"]
)
def test_names_of_the_world_are_taken(name: str) -> None:
    assert checked_user_name(name) == name


def test_the_catch_all_is_an_archive_though_no_user() -> None:
    assert checked_name("folder", "@catchall") == "@catchall"


@pytest.mark.parametrize("address", ["a@b", "o'neil+x@sub.example.com", "jürgen@münchen.example", '"a@b"@c.example'])
def test_addresses_are_taken_as_mail_servers_take_them(address: str) -> None:
    assert checked_address(f" {address} ") == address


@pytest.mark.parametrize("address", ["", "anna", "@b", "a@", "a b@c", "a@b\n", "a@b\0.c", "<a@b>", "x" * 320 + "@b"])
def test_what_cannot_be_an_address_is_refused(address: str) -> None:
    if address == "a@b\n":  # blanks around are not part of it
        assert checked_address(address) == "a@b"
        return
    with pytest.raises(Invalid, match="e-mail addresses"):
        checked_address(address)


def test_blank_text_is_none_and_control_characters_are_refused() -> None:
    assert checked_text("full name", "  ") is None
    assert checked_text("full name", None) is None
    assert checked_text("full name", " Anna Fox ") == "Anna Fox"
    for bad in ("a\nb", "x" * 1001):
        with pytest.raises(Invalid, match="full name"):
            checked_text("full name", bad)
