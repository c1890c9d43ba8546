"""What a program asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.workspace.signin.errors import (
    BadField,
    MissingField,
    MixedScopes,
    Refused,
    UnknownResource,
    UnknownScope,
)
from postroom.workspace.signin.permissions import PERMISSIONS
from postroom.workspace.signin.scopes import GRAPH, OUTLOOK, Asked, parse

APP = "12345678-1234-1234-1234-123456789abc"
PRESETS = (
    "User.Read Mail.Read Mail.Read.Shared MailboxSettings.ReadWrite Mail.Send Mail.Send.Shared Mail.ReadWrite"
    " Mail.ReadWrite.Shared Contacts.Read Contacts.Read.Shared Contacts.ReadWrite Contacts.ReadWrite.Shared"
    " Calendars.Read Calendars.Read.Shared Calendars.ReadWrite Calendars.ReadWrite.Shared User.ReadBasic.All"
    " Files.Read.All Files.ReadWrite.All Sites.Read.All Sites.ReadWrite.All Tasks.Read Tasks.ReadWrite Presence.Read"
)


def test_the_names_that_python_o365_asks_for_are_known_plain_and_with_the_resource_before_them() -> None:
    names = PRESETS.split()
    assert parse(PRESETS).permissions == tuple(names)
    prefixed = parse(" ".join(f"{GRAPH}/{name}" for name in names))
    assert prefixed.permissions == tuple(names)
    assert prefixed.audience == GRAPH
    assert not {name for name in names if PERMISSIONS[name.lower()].admin}


def test_names_count_without_their_case_and_are_told_in_the_words_of_the_request() -> None:
    asked = parse("mail.read OPENID")
    assert (asked.permissions, asked.openid, asked.words) == (("Mail.Read",), ("openid",), ("mail.read", "OPENID"))


@pytest.mark.parametrize(
    ("scope", "audience"),
    [
        ("https://graph.microsoft.com/.default", GRAPH), ("00000003-0000-0000-c000-000000000000/.default", GRAPH),
        ("https://outlook.office.com/Mail.Read", OUTLOOK), ("https://outlook.office365.com/.default", OUTLOOK),
        ("https://localhost:8443/.default", GRAPH), ("https://localhost:8443/v1.0/.default", GRAPH),
        (f"api://{APP}/access", APP), (f"{APP}/.default", APP), ("https://graph.microsoft.com//.default", GRAPH),
    ],
)  # fmt: skip
def test_a_scope_names_its_resource(scope: str, audience: str) -> None:
    asked = parse(scope, own={"https://localhost:8443"})
    assert (asked.audience, asked.default) == (audience, scope.endswith(".default"))


def test_the_older_form_names_a_resource_and_asks_for_all_of_it() -> None:
    asked = parse("openid", "https://graph.microsoft.com/")
    assert (asked.audience, asked.default, asked.openid) == (GRAPH, True, ("openid",))
    with pytest.raises(UnknownResource):
        parse("", "https://elsewhere.test")


@pytest.mark.parametrize(
    ("scope", "error"),
    [
        ("", MissingField), ("Mail.Fly", UnknownScope), ("https://elsewhere.test/Mail.Read", UnknownScope),
        ("https://graph.microsoft.com/", UnknownScope), ("Group.Create", UnknownScope), ("x" * 9000, BadField),
        (f"Mail.Read {APP}/x", MixedScopes), ("Mail.Read https://outlook.office.com/Mail.Read", MixedScopes),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_scope_is_told(scope: str, error: type[Refused]) -> None:
    with pytest.raises(error):
        parse(scope)


def test_a_scope_that_is_misspelt_is_told_with_the_one_that_there_is() -> None:
    with pytest.raises(UnknownScope, match=r"'Calendar\.ReadWrite' is not valid\. There is Calendars\.ReadWrite\."):
        parse("Calendar.ReadWrite")


@given(st.text(max_size=120), st.text(max_size=60))
def test_reading_a_scope_raises_nothing_but_errors_of_sign_in(scope: str, resource: str) -> None:
    try:
        asked = parse(scope, resource)
    except Refused:
        return
    assert Asked.from_json(asked.to_json()) == asked


def test_permissions_of_another_app_are_not_those_of_graph() -> None:
    assert parse(f"{APP}/Mail.Read").keys == (f"{APP}/Mail.Read",)
