"""Whose a message is, by whatever its header says."""

from __future__ import annotations

import mmap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.archive.body import spool
from postroom.archive.profiles.connectors.mailserver_people import addresses
from postroom.archive.profiles.connectors.pop3_source import came_ms

FIELDS = ("From", "To", "Cc", "Bcc", "Delivered-To", "Received", "Date", "X-Original-To", "Resent-To")


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (b"To: a@x.example, B <b@x.example>", ["a@x.example", "b@x.example"]),
        (b'To: "Roof, Ltd." <roof@x.example>', ["roof@x.example"]),
        (b"To: Friends: a@x.example, b@x.example;", ["a@x.example", "b@x.example"]),
        (b"TO: A@X.Example\r\nCc: a@x.example", ["a@x.example"]),
        (b"Delivered-To: a@x.example\r\nDelivered-To: b@x.example", ["a@x.example", "b@x.example"]),
        (b"X-Envelope-To: <a@x.example>", ["a@x.example"]),
        (b"Received: from m by n\r\n for <a@x.example>; Mon, 4 Mar 2024 10:00:00 +0000", ["a@x.example"]),
        (b"Received: from m (envelope-from <b@x.example>) by n for a@x.example; today", ["a@x.example"]),
        (b"To: =?utf-8?q?=C3=84?= <a@x.example>", ["a@x.example"]),
        (b"To: \xc3\xa4 <a@x.example>", ["a@x.example"]),
        (b"To:\r\n a@x.example", ["a@x.example"]),
        (b"To: undisclosed-recipients:;", []),
        (b"Subject: to a@x.example", []),
        (b"", []),
    ],
)
def test_addresses_are_those_of_sender_recipients_and_envelope(header: bytes, found: list[str]) -> None:
    assert addresses(header + b"\r\n\r\nTo: in@the.body\r\n") == found


def test_a_message_in_a_file_is_read_as_one_in_memory() -> None:
    body = spool([b"To: a@x.example\r\n\r\n", b"x" * 100], threshold=10)
    assert isinstance(body, mmap.mmap)
    assert addresses(body) == ["a@x.example"]


@given(
    st.lists(
        st.tuples(st.sampled_from(FIELDS), st.binary(max_size=60) | st.text('<>@"(),:;\\ ab.=?[]').map(str.encode))
    )
)
def test_no_header_is_too_odd(fields: list[tuple[str, bytes]]) -> None:
    body = b"".join(b"%s: %s\r\n" % (name.encode(), value) for name, value in fields)
    assert all("@" in address for address in addresses(body))
    assert came_ms(body) is None or isinstance(came_ms(body), int)


@pytest.mark.parametrize(
    ("header", "ms"),
    [
        (
            b"Received: by a; Mon, 4 Mar 2024 10:00:00 +0100\r\nReceived: by b; Mon, 4 Mar 2024 09:00:00 +0100",
            1709542800000,
        ),
        (b"Received: by a\r\nDate: Mon, 4 Mar 2024 10:00:00 +0000", 1709546400000),
        (b"Date: Mon, 4 Mar 2024 10:00:00 -0000", 1709546400000),
        (b"Date: yesterday", None),
        (b"Date: Mon, 99 Mar 99999 10:00:00 +9999", None),
    ],
)
def test_when_a_message_came_is_in_its_uppermost_received(header: bytes, ms: int | None) -> None:
    assert came_ms(header + b"\r\n\r\n") == ms
