"""The dots of the wire: what a client put in is taken out, wherever the pieces are cut."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from postroom.faces.journal.dots import Dotted

SIGNS = st.lists(st.sampled_from([b".", b"\r", b"\n", b"\r\n", b".\r\n", b"\r\n.", b"a", b"\0"]), max_size=30)


def on_the_wire(message: bytes) -> bytes:
    """As a client sends it: a dot before each line that begins with one, and the lone dot at the end."""
    stuffed = (b"\r\n" + message).replace(b"\r\n.", b"\r\n..")[2:]
    return stuffed + (b"" if message.endswith(b"\r\n") or not message else b"\r\n") + b".\r\n"


def cut(wire: bytes, places: Sequence[int]) -> list[bytes]:
    """Pieces as a reader gives them: each way to cut, but that what may be the end is never cut."""
    marks = {place % (len(wire) + 1) for place in places}
    found, begin = [], 0
    for at in range(1, len(wire) + 1):
        if wire[:at].endswith(b".\r\n") or (at in marks and not _inside_an_end(wire, at)):
            found.append(wire[begin:at])
            begin = at
    return found


def _inside_an_end(wire: bytes, at: int) -> bool:
    return any(wire[at - back :].startswith(b".\r\n") for back in (1, 2) if at >= back)


@given(message=SIGNS.map(b"".join), places=st.lists(st.integers(0, 200), max_size=8))
def test_what_was_sent_is_what_is_taken(message: bytes, places: list[int]) -> None:
    dotted, taken = Dotted(), b""
    for piece in cut(on_the_wire(message), places):
        assert not dotted.ended, "nothing follows the end"
        taken += dotted.feed(piece)
    assert dotted.ended
    expected = message if message.endswith(b"\r\n") or not message else message + b"\r\n"
    assert taken == expected
    assert dotted.size == len(expected)


def test_only_a_dot_between_two_whole_line_ends_ends_a_message() -> None:
    for smuggled in (b"\n.\n", b"\n.\r\n", b"\r.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r\n\0.\r\n"):
        dotted = Dotted()
        dotted.feed(b"a" + smuggled)
        assert not dotted.ended, smuggled
        dotted.feed(b"\r\n.\r\n")
        assert dotted.ended
