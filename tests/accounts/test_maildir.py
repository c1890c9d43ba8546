"""Folders of users: iRedMail's convention, and nothing outside of it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.accounts.addresses import address
from postroom.accounts.maildir import MAX_CHARS, Place, place, split
from postroom.errors import Invalid
from postroom.settings import Accounts

NOW = datetime(2026, 1, 31, 12, 5, 9, tzinfo=UTC)
DEFAULT = Accounts()
PLAIN = replace(DEFAULT, maildir_append_timestamp=False)
OPTIONS = st.builds(
    lambda *flags: replace(
        DEFAULT,
        maildir_hashed=flags[0],
        maildir_prepend_domain=flags[1],
        maildir_append_timestamp=flags[2],
        maildir_domain_hashed=flags[3],
    ),
    *[st.booleans()] * 4,
)


@pytest.mark.parametrize(
    ("accounts", "maildir"),
    [
        (DEFAULT, "example.com/a/n/n/anna-2026.01.31.12.05.09/"),
        (PLAIN, "example.com/a/n/n/anna/"),
        (replace(DEFAULT, maildir_hashed=False), "example.com/anna-2026.01.31.12.05.09/"),
        (replace(DEFAULT, maildir_prepend_domain=False), "a/n/n/anna-2026.01.31.12.05.09/"),
        (replace(PLAIN, maildir_hashed=False, maildir_prepend_domain=False), "anna/"),
        (replace(PLAIN, maildir_domain_hashed=True), "e/x/example.com/a/n/n/anna/"),
        (replace(PLAIN, maildir_domain_hashed=True, maildir_prepend_domain=False), "a/n/n/anna/"),
    ],
)
def test_the_options_make_the_path(accounts: Accounts, maildir: str) -> None:
    assert place("anna@example.com", accounts, NOW) == Place("/var/vmail", "vmail1", maildir)


@pytest.mark.parametrize(
    ("mail", "maildir"),
    [
        ("a@example.com", "example.com/a/_/_/a/"),
        ("a.b@example.com", "example.com/a/_/b/a.b/"),
        ("~x~y@example.com", "example.com/_/x/_/~x~y/"),
        ("Anna@Example.com", "example.com/a/n/n/anna/"),
        ("o'x%_@example.com", "example.com/o/'/x/o'x%_/"),
    ],
)
def test_folders_of_letters_have_three_always(mail: str, maildir: str) -> None:
    assert place(mail, PLAIN, NOW).maildir == maildir


@pytest.mark.parametrize(
    ("domain", "folders"),
    [("x.example.com", "x/_/"), ("a-b.example.com", "a/_/"), ("ab.example.com", "a/b/"), ("1a.example.com", "1/a/")],
)
def test_folders_of_domains_have_two_always(domain: str, folders: str) -> None:
    found = place(f"anna@{domain}", replace(PLAIN, maildir_domain_hashed=True), NOW)
    assert found.maildir == f"{folders}{domain}/a/n/n/anna/"


def test_the_storage_node_is_the_last_folder_of_the_base() -> None:
    found = place("anna@example.com", replace(PLAIN, storage_base_directory="/Mail/n1/"), NOW)
    assert (found.base, found.node) == ("/Mail", "n1")
    assert found.path == "/Mail/n1/example.com/a/n/n/anna/"


@pytest.mark.parametrize("mail", ["a/b@example.com", "/etc@example.com"])
def test_an_address_leads_into_no_other_folder(mail: str) -> None:
    with pytest.raises(Invalid) as caught:
        place(mail, PLAIN, NOW)
    assert caught.value.field == "mail"


def test_a_path_too_long_for_the_tables_is_refused() -> None:
    label = "a" * 63
    with pytest.raises(Invalid, match="at most 255 characters"):
        place(f"{'b' * 60}@{label}.{label}.{label}", PLAIN, NOW)


@given(st.emails(), OPTIONS)
def test_every_place_is_a_path_below_the_base(mail: str, accounts: Accounts) -> None:
    try:
        found = place(address(mail), accounts, NOW)
    except Invalid:
        return
    assert found.path.startswith("/var/vmail/vmail1/")
    assert "//" not in found.path
    assert not {".", ".."} & set(found.path.split("/"))
    assert found.maildir == found.maildir.lower()
    assert split(found.path).path == found.path


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("/var/vmail/vmail1/Example.com/Anna/", ("/var/vmail", "vmail1", "example.com/anna/")),
        (" /var//vmail/vmail1/anna ", ("/var/vmail", "vmail1", "anna/")),
        ("/mail/n1/anna", ("/mail", "n1", "anna/")),
        ("/a/b/c d/e", ("/a/b", "c d", "e/")),
    ],
)
def test_a_path_is_split_in_three(path: str, parts: tuple[str, str, str]) -> None:
    found = split(path)
    assert (found.base, found.node, found.maildir) == parts


@pytest.mark.parametrize(
    "path",
    ["", "/", "/a", "/a/b", "/a/b/", "//a//b//", "a/b/c", "~/a/b/c", "/a/../b/c", "/a/b/c/..", "/a/./b/c", "/a/b/c\0",
     "/a/b\n/c", "/a/b/é", "/a/b/" + "c" * MAX_CHARS, "C:\\mail\\a\\b"],
)  # fmt: skip
def test_what_is_no_such_path_is_refused(path: str) -> None:
    with pytest.raises(Invalid) as caught:
        split(path)
    assert caught.value.field == "maildir"


@given(st.text(st.sampled_from("aB./~ \0é"), max_size=20) | st.text())
def test_a_path_that_passes_passes_again_unchanged(path: str) -> None:
    try:
        found = split(path)
    except Invalid:
        return
    assert split(found.path) == found
    assert found.path.strip("/") == "/".join(filter(None, path.strip().lower().split("/")))
