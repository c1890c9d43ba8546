"""The scanner names spans of the message, in order, whatever the bytes; its cost grows with the message only."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.archive.storage.scan import MAX_DEPTH, MAX_LEAVES, leaves

WORDS = st.sampled_from(
    [
        b"Content-Type: multipart/mixed; boundary=x\n\n",
        b"Content-Type: message/rfc822\r\n\r\n",
        b"Content-Transfer-Encoding: base64\n",
        b'content-type:\n multipart/x;\n boundary="x y"\n\n',
        b"--x\n",
        b"--x--\n",
        b"\r\n--x\r\n",
        b"--x y\n",
        b"\n",
        b"\r\n",
        b"QUJD\n",
        b"\x00\xff",
    ]
)
MIMEISH = st.lists(st.one_of(WORDS, st.binary(max_size=8)), max_size=40).map(b"".join)


@given(MIMEISH)
def test_leaves_lie_in_the_message_in_order_and_do_not_overlap(body: bytes) -> None:
    at = 0
    for leaf in leaves(body):
        assert at <= leaf.start < leaf.end <= len(body)
        at = leaf.end


def test_leaf_bodies_are_found_by_offset() -> None:
    body = (
        b'Content-Type: multipart/mixed; boundary="a"\r\n\r\npreamble\r\n--a\r\n\r\nfirst\r\n--a\r\n'
        b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\ncontent-transfer-encoding: BASE64\r\n\r\n"
        b"QUJD\r\n--b--\r\n--a\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\ninner\r\n--a--\r\nepilogue"
    )
    assert [(body[a:b], base64) for a, b, base64 in leaves(body)] == [
        (b"first", False),
        (b"QUJD", True),
        (b"inner", False),
    ]


def test_an_unclosed_part_runs_to_the_end() -> None:
    body = b"Content-Type: multipart/mixed; boundary=a\n\n--a\n\nfirst\n--a\n\nsecond"
    assert [body[a:b] for a, b, _ in leaves(body)] == [b"first", b"second"]


def test_a_message_without_a_body_has_no_leaf() -> None:
    assert leaves(b"") == []
    assert leaves(b"Subject: x\n") == []


def nested(size: int) -> bytes:
    """Multiparts in multiparts, `size` of them."""
    return b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(size))


def nested_messages(size: int) -> bytes:
    return b"Content-Type: message/rfc822\n\n" * size


def flat(size: int) -> bytes:
    return b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * size


def header_bomb(size: int) -> bytes:
    return b"X-Long: " + b"a" * size * 100 + b"\n\nbody"


def folded_bomb(size: int) -> bytes:
    return b"Content-Type: multipart/mixed" + b"\n " * size * 50 + b"; boundary=b\n\n--b\n\nx\n--b--"


def boundary_bomb(size: int) -> bytes:
    return b"Content-Type: multipart/mixed; " + b"boundary=" * size * 10 + b"\n\n" + b"\n--" * size * 10


def blank_boundary_bomb(size: int) -> bytes:
    return b"Content-Type: multipart/mixed; boundary" + b" " * size * 80 + b"\n\n" + b"x" * size


@pytest.mark.parametrize(
    "make", [nested, nested_messages, flat, header_bomb, folded_bomb, boundary_bomb, blank_boundary_bomb]
)
def test_hostile_messages_cost_linear_time(make: Callable[[int], bytes]) -> None:
    """Four times the size may take eight times as long, with room for a busy machine: a square would take sixteen."""

    def fastest(body: bytes) -> float:
        times = []
        for _ in range(3):
            start = time.process_time()
            assert len(leaves(body)) <= MAX_LEAVES
            times.append(time.process_time() - start)
        return min(times)

    small, large = fastest(make(3_000)), fastest(make(12_000))
    assert large < max(10 * small, 0.05)


def test_nesting_stops_at_the_bound_and_the_rest_is_one_leaf() -> None:
    assert len(leaves(nested_messages(MAX_DEPTH * 3) + b"x\n\nbody")) == 1


def test_a_header_of_ten_megabytes_is_looked_at_only_in_part() -> None:
    body = b"X: " + b"a" * (10 << 20) + b"\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--"
    assert len(leaves(body)) == 1
