"""JSON that is none: what is wrong with it, and where."""

from __future__ import annotations

import pytest

from postroom.faces.graph.bodies import read_json
from postroom.faces.graph.errors import Refused


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"a": 1,\n "b" 2}', "expecting ':' delimiter at line 2, column 6"),
        (b'{"a": 1,\n', "at line 2, column 1"),
        (b'{"a": 1} x', "extra data at line 1, column 10"),
        (b"hello", "expecting value at line 1, column 1"),
        (b'{\n"a": "\xff"}', "not in UTF-8 at line 2, byte 8"),
        (b'{"a": NaN}', "NaN is no value of JSON"),
        (b"[" * 9000, "too many levels in one another"),
        (b'"\\ud800"', "half a character"),
        (b'{"a": 1e999}', "a number that is too large"),
    ],
)
def test_a_broken_body_is_told_with_its_place(content: bytes, told: str) -> None:
    with pytest.raises(Refused) as caught:
        read_json(content)
    assert caught.value.status == 400
    assert told in str(caught.value)


def test_a_mark_of_the_byte_order_is_passed_over() -> None:
    assert read_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
