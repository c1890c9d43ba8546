"""docs/format.md §3.2: a message is its recipe played, to the byte, whatever it looks like."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field

import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from postroom.archive.body import spool
from postroom.archive.storage.format import PART_BYTES
from postroom.archive.storage.recipe import Recipe, build, encode_base64, part_hashes, play

DATA = bytes(range(256)) * 20


@dataclass
class Parts:
    """Where parts go."""

    held: dict[str, bytes] = field(default_factory=dict)

    def put(self, data: bytes) -> str:
        digest = blake3(data).hexdigest()
        self.held[digest] = data
        return digest


def through(body: bytes, parts: Parts | None = None, *, mapped: bool = False) -> tuple[Recipe | None, list[bytes]]:
    """Build, check sizes, play, compare; the recipe and the literal pieces."""
    parts = parts or Parts()
    made = build(spool([body], 0) if mapped else body, hashlib.sha256(body).digest(), parts.put)
    if made is None:
        assert len(body) <= PART_BYTES
        return None, [body]
    recipe, literals = made
    assert b"".join(play(recipe, b"".join(literals), parts.held.__getitem__)) == body
    assert sum(s for s in recipe if isinstance(s, int)) == sum(map(len, literals)) <= PART_BYTES
    assert all(len(data) <= PART_BYTES for data in parts.held.values())
    return recipe, literals


def attached(encoded: bytes, eol: bytes = b"\n") -> bytes:
    lines = [b"Content-Type: multipart/mixed; boundary=x", b"", b"--x", b"Content-Transfer-Encoding: base64", b""]
    return eol.join([*lines, encoded, b"--x--", b""])


def wrapped(data: bytes, width: int, eol: bytes = b"\n", *, last: bool = True) -> bytes:
    raw = base64.b64encode(data)
    joined = eol.join(raw[i : i + width] for i in range(0, len(raw), width))
    return joined + eol if last else joined


@given(st.binary(max_size=400).map(lambda b: b * 50), st.booleans())
def test_any_bytes_come_back(body: bytes, mapped: bool) -> None:
    if body:
        through(body, mapped=mapped)


@given(
    st.integers(1, 250).map(lambda n: n * 4),
    st.sampled_from([b"\n", b"\r\n"]),
    st.integers(1_000, 6_000),
    st.booleans(),
)
def test_canonical_base64_of_any_width_is_stored_decoded(width: int, eol: bytes, size: int, last: bool) -> None:
    parts, data = Parts(), (DATA * 2)[:size]
    recipe, _ = through(attached(wrapped(data, width, eol, last=last), eol), parts)
    assert recipe is not None
    assert [s[0] for s in recipe if isinstance(s, list)] == ["b"]
    assert list(parts.held.values()) == [data]


@given(st.data())
def test_base64_that_encodes_otherwise_comes_back_all_the_same(data: st.DataObject) -> None:
    raw = bytearray(wrapped(DATA, data.draw(st.sampled_from([60, 64, 72, 76]))))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at:at] = data.draw(st.sampled_from([b"=", b" ", b"\n", b"\r\n", b"==\n", b"\x00", b"!", b"A"]))
    through(attached(bytes(raw)))


@pytest.mark.parametrize("tail", [b"", b"\n", b"\r\n", b"\n\n \n", b"="])
def test_whatever_ends_the_body_comes_back(tail: bytes) -> None:
    through(attached(wrapped(DATA, 76, last=False) + tail))
    through(attached(wrapped(DATA, 76))[: -len("--x--\n")] + tail)


def test_base64_with_other_bits_in_its_last_characters_is_left_as_it_is() -> None:
    raw = bytearray(wrapped(DATA[:-1], 76, last=False))
    assert raw.endswith(b"=")
    at = len(raw.rstrip(b"=")) - 1
    raw[at : at + 1] = b"/"
    recipe, _ = through(attached(bytes(raw)))
    assert recipe is None


def test_the_same_attachment_is_one_part_whoever_sends_it_and_however_it_is_wrapped() -> None:
    parts = Parts()
    for width, eol in ((76, b"\n"), (60, b"\r\n"), (72, b"\n")):
        through(b"Subject: %d\n" % width + attached(wrapped(DATA, width, eol), eol), parts)
    assert len(parts.held) == 1


def test_a_long_attachment_is_cut_at_whole_lines_into_parts_of_a_mebibyte() -> None:
    parts = Parts()
    recipe, _ = through(attached(wrapped(DATA * 700, 76)), parts, mapped=True)
    assert recipe is not None
    assert len([s for s in recipe if isinstance(s, list)]) == 4
    assert all(len(data) % 57 == 0 for data in list(parts.held.values())[:-1])


def test_much_literal_text_in_many_pieces_goes_to_parts_so_that_no_entry_grows_large() -> None:
    """Attachments whose second line is odd stay literal; forty of them must not make one entry of forty mebibytes."""
    line = base64.b64encode(DATA[:57]) + b"\n"
    odd = line + b"x" + line * 6_000
    body = b"Content-Type: multipart/mixed; boundary=x\n\n" + b"".join(
        b"--x\nContent-Transfer-Encoding: base64\n\n%b\n--x\nContent-Transfer-Encoding: base64\n\n%b\n"
        % (odd, wrapped(DATA, 76))
        for _ in range(10)
    )
    recipe, literals = through(body + b"--x--\n")
    assert recipe is not None
    assert sum(map(len, literals)) <= PART_BYTES


def test_a_message_with_one_line_of_megabytes_comes_back() -> None:
    through(attached(base64.b64encode(DATA * 500)), mapped=True)
    through(b"Subject: x\n\n" + b"x" * (3 << 20), mapped=True)


@given(st.binary(min_size=1, max_size=300), st.integers(1, 20).map(lambda n: n * 4), st.sampled_from(["\n", "\r\n"]))
def test_our_base64_is_that_of_the_standard_library(data: bytes, width: int, eol: str) -> None:
    for last in (0, 1):
        assert encode_base64(data, width, eol, last) == wrapped(data, width, eol.encode(), last=bool(last))


@pytest.mark.parametrize(
    ("recipe", "literal"),
    [([5], b"four"), ([3], b"four"), ([-1, 5], b"four"), ([4, ["q", "00"]], b"four"), ([4, ["b", "00"]], b"four")],
)
def test_a_recipe_that_does_not_fit_is_refused(recipe: Recipe, literal: bytes) -> None:
    with pytest.raises(ValueError):
        list(play(recipe, literal, lambda _digest: b""))


def test_the_parts_of_a_recipe_are_told_in_order() -> None:
    assert part_hashes([1, ["i", "aa"], 2, ["b", "bb", 76, "\n", 1]]) == ["aa", "bb"]
