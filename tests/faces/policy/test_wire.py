"""The protocol as bytes: requests are found however they arrive, and nothing makes the reader fail or grow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.faces.policy.wire import Malformed, Splitter, answer, attributes

REQUEST = b"request=smtpd_access_policy\nprotocol_state=RCPT\nsender=a=b@example.com\nsize=\n\n"


def test_attributes_are_read_up_to_their_first_equals_sign() -> None:
    assert attributes(REQUEST.rstrip()) == {
        "request": "smtpd_access_policy",
        "protocol_state": "RCPT",
        "sender": "a=b@example.com",
        "size": "",
    }


def test_of_a_name_given_twice_the_first_counts() -> None:
    assert attributes(b"request=smtpd_access_policy\nsender=a\nsender=b")["sender"] == "a"


def test_utf_8_and_latin_1_are_both_read() -> None:
    both = attributes(b"request=smtpd_access_policy\nsender=\xc3\xa9@x\nrecipient=\xe9@x")
    assert (both["sender"], both["recipient"]) == ("é@x", "é@x")


@pytest.mark.parametrize(
    "request_",
    [b"", b"hello", b"request=junk", b"request=smtpd_access_policy\n=x", b"request=smtpd_access_policy\nsender=\0"],
)
def test_what_is_no_request_is_malformed(request_: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        attributes(request_)
    assert "junk" not in str(caught.value)


def test_an_action_stays_one_line() -> None:
    assert answer("REJECT no\n\naction=OK") == b"action=REJECT no action=OK\n\n"


def split(pieces: list[bytes], most: int = 1024) -> list[bytes]:
    splitter, found = Splitter(most), []
    for piece in pieces:
        splitter.feed(piece)
        while (one := splitter.next()) is not None:
            found.append(one)
    return found


def test_lines_may_end_as_people_type_them() -> None:
    assert split([b"\r\n\na=1\r\nb=2\r\n\r\nc=3\n\n"]) == [b"a=1\r\nb=2\r", b"c=3"]


@given(st.lists(st.from_regex(rb"[a-z]=[^\n\r\0]{0,9}(\n[a-z]=[^\n\r\0]{0,9}){0,3}", fullmatch=True)), st.data())
def test_requests_are_found_however_they_are_cut(requests: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(request + b"\n\n" for request in requests)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert split(pieces) == requests


def read(one: bytes) -> bool:
    """Whether it was a request."""
    try:
        return attributes(one)["request"] == "smtpd_access_policy"
    except Malformed:
        return False


@given(
    st.lists(st.binary(max_size=60) | st.sampled_from([b"\n", b"\n\n", b"request=smtpd_access_policy"]), max_size=20)
)
def test_no_bytes_break_the_reader_or_make_it_hold_more_than_it_may(pieces: list[bytes]) -> None:
    try:
        found = split(pieces, most=100)
    except Malformed:
        assert len(b"".join(pieces)) > 100
    else:
        assert all(len(one) <= 100 and read(one) in (True, False) for one in found)


def test_a_request_that_never_ends_is_given_up() -> None:
    with pytest.raises(Malformed, match="too large"):
        split([b"a=1\n"] * 2000)
