"""Which exception a failure is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.clients.iredadmin.fake import Fake, Reply

from iredadmin import errors
from iredadmin.errors import codes, failure

CASES = {
    "LOGIN_REQUIRED": errors.LoginRequired,
    "SESSION_EXPIRED": errors.LoginRequired,
    "INVALID_CREDENTIALS": errors.InvalidCredentials,
    "EMPTY_PASSWORD": errors.InvalidCredentials,
    "NOT_ALLOWED_IP": errors.PermissionDenied,
    "PERMISSION_DENIED": errors.PermissionDenied,
    "ALREADY_EXISTS": errors.AlreadyExists,
    "NO_SUCH_ACCOUNT": errors.NotFound,
    "NO_SUCH_OBJECT": errors.NotFound,
    "INVALID_DOMAIN_NAME": errors.InvalidDomainName,
    "INVALID_MAIL": errors.InvalidInput,
    "INVALID_SOMETHING_NEW": errors.InvalidInput,
    "CAN_NOT_BE_LOCAL_DOMAIN": errors.InvalidInput,
    "NOT_ALLOWED": errors.NotAllowed,
    "EXCEEDED_DOMAIN_ACCOUNT_LIMIT": errors.LimitExceeded,
    "EXCEED_LIMIT_USERS": errors.LimitExceeded,
    "PW_NO_LETTER": errors.PasswordRefused,
    "PW_NO_UPPERCASE,PW_NO_DIGIT_NUMBER": errors.PasswordRefused,
    "SERVER_DOWN": errors.Unavailable,
    "TRY_AGAIN_LATER": errors.Unavailable,
    "INVALID_PARAMETER: name: expected no control characters": errors.InvalidInput,
    "BRAND_NEW_CODE": errors.CallFailed,
}


@pytest.mark.parametrize(("message", "kind"), CASES.items())
def test_code_chooses_the_exception(message: str, kind: type) -> None:
    error = failure(message, "GET", "/x")
    assert type(error) is kind
    assert error.code == message.partition(":")[0].partition(",")[0]
    assert error.message == message


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("INVALID_NUMBER: quota: expected a whole number", ("INVALID_NUMBER",)),
        ("PW_NO_LETTER, PW_NO_DIGIT_NUMBER", ("PW_NO_LETTER", "PW_NO_DIGIT_NUMBER")),
        ("PW_NO_LETTER,PW_NO_DIGIT_NUMBER: password: expected more", ("PW_NO_LETTER", "PW_NO_DIGIT_NUMBER")),
        ("", ()),
        ("Duplicate entry", ()),
        ("A mail user has this address", ()),
        ("SELECT failed", ()),
        ("not A_CODE", ()),
    ],
)
def test_codes_are_what_stands_at_the_beginning(message: str, found: tuple[str, ...]) -> None:
    assert codes(message) == found
    assert failure(message, "GET", "/x").message == message


CODE = st.from_regex(r"[A-Z][A-Z0-9_]{1,20}", fullmatch=True)


@given(st.lists(CODE, min_size=1, max_size=4), st.sampled_from(["", ": ", ":words, and MORE"]))
def test_any_codes_are_read_back(given_codes: list[str], rest: str) -> None:
    assert codes(",".join(given_codes) + rest) == tuple(given_codes)


@given(st.text())
def test_any_text_is_a_failure_that_keeps_it(message: str) -> None:
    error = failure(message, "GET", "/x")
    assert error.message == message
    assert all(re.fullmatch("[A-Z][A-Z0-9_]+", code) for code in error.codes)


def test_unknown_domain_is_caught_as_not_found_and_as_invalid() -> None:
    assert issubclass(errors.InvalidDomainName, errors.NotFound)
    assert issubclass(errors.InvalidDomainName, errors.InvalidInput)


def test_what_is_not_allowed_is_caught_as_denied_and_as_a_limit() -> None:
    assert issubclass(errors.NotAllowed, errors.PermissionDenied)
    assert issubclass(errors.NotAllowed, errors.LimitExceeded)


def test_every_failure_is_an_error_of_the_client() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert len(kinds) > 10
    assert all(issubclass(kind, errors.IRedAdminError) for kind in kinds)


def test_failures_of_the_wire_are_raised(client: Any, fake: Fake) -> None:
    client.domains.create("example.com")
    with pytest.raises(errors.AlreadyExists) as caught:
        client.domains.create("example.com")
    assert str(caught.value) == "POST /domain/example.com: ALREADY_EXISTS"
    with pytest.raises(errors.NotFound):
        client.users.get("nobody@example.com")
    with pytest.raises(errors.PasswordRefused) as refused:
        client.users.create("anna@example.com", password="weak")
    assert refused.value.codes == ("PW_SHORTER_THAN_MIN_LENGTH", "PW_NO_UPPERCASE", "PW_NO_DIGIT_NUMBER")
    with pytest.raises(errors.LimitExceeded):
        client.users.create("anna@example.com", password="Secret-1234", quota=1_000_000)
    with pytest.raises(errors.InvalidCredentials):
        client.users.verify_password("anna@example.com", password="wrong")
    assert fake.logins == 1


def test_failure_without_a_reason_is_told_as_such(client: Any, fake: Fake) -> None:
    fake.scripted = [Reply(200, b'{"_success": false}')]
    with pytest.raises(errors.CallFailed, match="without a reason"):
        client.domains.list()
