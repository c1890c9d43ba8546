from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.workspace.store.quickxor import QuickXor


def slowly(content: bytes) -> bytes:
    """Bit by bit, as the description has it."""
    bits = [0] * 160
    for index, byte in enumerate(content):
        for bit in range(8):
            bits[(11 * index + bit) % 160] ^= byte >> bit & 1
    state = bytearray(sum(bits[8 * at + bit] << bit for bit in range(8)) for at in range(20))
    for at, byte in enumerate(len(content).to_bytes(8, "little")):
        state[12 + at] ^= byte
    return bytes(state)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        (b"hello world", base64.b64encode(slowly(b"hello world")).decode()),
        (b"J", "SgAAAAAAAAAAAAAAAQAAAAAAAAA="),
    ],
)
def test_known_contents_have_their_hash(content: bytes, expected: str) -> None:
    found = QuickXor()
    found.update(content)
    assert found.text() == expected


@given(st.lists(st.binary(max_size=700), max_size=6))
def test_however_the_content_comes_the_hash_is_that_of_the_description(pieces: list[bytes]) -> None:
    found = QuickXor()
    for piece in pieces:
        found = found.copy()
        found.update(piece)
    assert found.digest() == slowly(b"".join(pieces))


def test_a_long_content_is_the_same_as_its_parts() -> None:
    content = bytes(range(251)) * 8_000
    whole, parts = QuickXor(), QuickXor()
    whole.update(content)
    for begin in range(0, len(content), 77_777):
        parts.update(content[begin : begin + 77_777])
    assert whole.digest() == parts.digest()
