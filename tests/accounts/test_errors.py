"""The engine's own errors say plainly what is wrong, and are told as their parents where they are not known."""

from typing import get_args

import pytest

from postroom.accounts.errors import (
    InvalidScheme,
    Limit,
    LimitReached,
    LocalDomain,
    NotAllowed,
    NotManaged,
    PasswordRefused,
    ProtectedAdmin,
    Scope,
)
from postroom.errors import Denied, Invalid


@pytest.mark.parametrize("limit", get_args(Limit))
@pytest.mark.parametrize("scope", get_args(Scope))
def test_every_limit_has_its_sentences(limit: Limit, scope: Scope) -> None:
    for error in (LimitReached(limit, scope), NotAllowed(limit, scope)):
        assert (error.limit, error.scope) == (limit, scope)
        assert str(error)[0].isupper()
        assert str(error).endswith(
            "A global admin can " + ("raise it." if type(error) is LimitReached else "allow it.")
        )


def test_denials_name_who_is_meant() -> None:
    assert str(NotManaged("x@example.com")) == "You do not manage 'x@example.com'."
    assert str(ProtectedAdmin("x@example.com")) == "Only a global admin may change the global admin 'x@example.com'."
    assert isinstance(NotManaged("x"), Denied)
    assert isinstance(ProtectedAdmin("x"), Denied)


def test_bad_values_name_their_field() -> None:
    assert LocalDomain().field == "mail"
    assert (
        str(InvalidScheme(["SSHA", "CRYPT"]))
        == "password_hash: expected a hash that begins with one of {SSHA}, {CRYPT}."
    )
    refused = PasswordRefused(["too_short", "no_digit"], "8 characters")
    assert (refused.field, refused.rules) == ("password", ("too_short", "no_digit"))
    assert all(isinstance(error, Invalid) for error in (LocalDomain(), InvalidScheme(["SSHA"]), refused))
