"""Requests have one spelling, whatever Postfix was sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.accounts.enforce.request import MOST_CHARS, Request


def test_a_request_is_read_as_postfix_writes_it() -> None:
    request = Request.of(
        {
            "request": "smtpd_access_policy", "protocol_state": "END-OF-MESSAGE", "instance": "123.456.7",
            "sender": "Anna@Example.com", "recipient": "", "sasl_username": "", "client_address": "::ffff:192.0.2.1",
            "size": "12345", "recipient_count": "3", "queue_id": "8045F2AB23",
        }
    )  # fmt: skip
    assert (request.state, request.sender, request.client_address) == (
        "END-OF-MESSAGE",
        "anna@example.com",
        "192.0.2.1",
    )
    assert (request.size, request.recipient_count, request.authenticated) == (12345, 3, False)


def test_a_domain_beyond_ascii_is_looked_up_by_its_ascii_name() -> None:
    assert Request.of({"sender": "anna@münchen.example"}).sender == "anna@xn--mnchen-3ya.example"


@pytest.mark.parametrize("text", ["", "-1", "1e9", "٣", "9" * 5000, "0x10", " 7"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert Request.of({"size": text}).size == 0


@given(st.dictionaries(st.sampled_from(Request.__slots__), st.text(max_size=400)))
def test_any_text_makes_a_request_that_fits_the_columns(given: dict[str, str]) -> None:
    request = Request.of(given)
    assert max(map(len, (request.sender, request.recipient, request.instance, request.helo_name))) <= MOST_CHARS
