"""Cutting mbox files: the rules of the module's docstring, one by one."""

from __future__ import annotations

import io
import mailbox
import mmap
import re
import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.archive.sources.support import mail, mbox, quoted_o, quoted_rd, with_length

from postroom.archive.sources.split import LOOK_BYTES, Cut, Dialect, Garbage, Splitter


def cut(data: bytes, dialect: Dialect = Dialect.AUTO, threshold: int = 1 << 20) -> list[bytes]:
    return [bytes(c.body) for c in Splitter(io.BytesIO(data), dialect, threshold=threshold) if isinstance(c, Cut)]


class Dribble(io.BytesIO):
    """A stream that gives a few bytes at a time, as a pipe may."""

    def __init__(self, data: bytes, most: int) -> None:
        super().__init__(data)
        self.most = most

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(self.most, size) if size and size > 0 else self.most)


class Endless:
    """A stream that begins with `head` and repeats `piece`."""

    def __init__(self, head: bytes, piece: bytes, times: int) -> None:
        self.pieces = iter([head, *[piece] * times])

    def read(self, size: int = -1, /) -> bytes:
        return next(self.pieces, b"")


lines = st.lists(
    st.sampled_from(
        [
            b"",
            b"text",
            b"From here",
            b"From ",
            b">From x",
            b">>From y",
            b">",
            b"Subject: x",
            b"From a@b 10:00",
            b"\r",
            b"\0\xff",
        ]
    ),
    max_size=12,
)
bodies = lines.map(lambda found: b"".join(line + b"\n" for line in found)).filter(bool)
"""Messages that end in a newline, as an mbox can hold them, made of all that looks like mbox structure."""


@given(st.lists(bodies, max_size=6), st.integers(1, 40))
def test_mboxrd_gives_back_what_was_written(messages: list[bytes], most: int) -> None:
    data = mbox(messages, quote=quoted_rd)
    cuts = list(Splitter(Dribble(data, most), Dialect.MBOXRD))
    assert [c.body for c in cuts if isinstance(c, Cut)] == messages
    assert [c.start for c in cuts] == [0, *(c.end for c in cuts)][: len(cuts)]


@given(st.lists(bodies, max_size=6))
def test_mboxo_gives_back_what_was_not_quoted_before(messages: list[bytes]) -> None:
    plain = [re.sub(rb"^>+From ", b"From ", body, flags=re.MULTILINE) for body in messages]
    assert cut(mbox(plain, quote=quoted_o), Dialect.MBOXO) == plain


@given(st.lists(bodies, min_size=1, max_size=5))
def test_mboxcl2_gives_back_bodies_that_hold_separators(messages: list[bytes]) -> None:
    written = [with_length(mail("x") + b"\nFrom a@b Thu Aug 22 12:36:23 2002\nA: b\n\n" + body) for body in messages]
    assert cut(mbox(written), Dialect.MBOXCL2) == written
    assert cut(mbox(written)) == written


@given(st.lists(bodies, max_size=4), st.integers(1, 60))
def test_spooling_changes_nothing(messages: list[bytes], threshold: int) -> None:
    data = mbox(messages, quote=quoted_rd)
    cuts = [c for c in Splitter(Dribble(data, 7), Dialect.MBOXRD, threshold=threshold) if isinstance(c, Cut)]
    assert [bytes(c.body) for c in cuts] == messages
    assert all(isinstance(c.body, mmap.mmap) == (len(c.body) > threshold) for c in cuts)


@given(st.lists(bodies, min_size=1, max_size=5))
def test_the_standard_library_finds_the_same_messages(
    tmp_path_factory: pytest.TempPathFactory, messages: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("peer") / "box"
    path.write_bytes(mbox(messages, quote=quoted_rd))
    peer = mailbox.mbox(path, create=False)
    found = [peer.get_bytes(key) for key in peer.iterkeys()]
    peer.close()
    # The peer does not unquote.
    assert [quoted_rd(body) for body in cut(path.read_bytes(), Dialect.MBOXRD)] == found


@given(st.binary(max_size=300), st.sampled_from(list(Dialect)), st.integers(1, 50))
def test_any_bytes_are_cut_without_a_gap(data: bytes, dialect: Dialect, most: int) -> None:
    data = data.replace(b"\1", b"\n\nFrom ").replace(b"\2", b"\nContent-Length: 5\n\n")
    cuts = list(Splitter(Dribble(data, most), dialect))
    assert all(a.end == b.start for a, b in pairwise(cuts))
    if cuts:
        assert data[: cuts[0].start].strip(b"\r\n") == b""
        assert cuts[-1].end == len(data)


@given(st.lists(bodies, max_size=5), st.integers(1, 50))
def test_the_size_of_reads_changes_nothing(messages: list[bytes], most: int) -> None:
    data = mbox(messages)
    assert list(Splitter(Dribble(data, most))) == list(Splitter(io.BytesIO(data)))


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_a_boundary_may_fall_anywhere_in_a_read(newline: bytes) -> None:
    for size in range(2 * LOOK_BYTES, 2 * LOOK_BYTES + 40):
        first = b"A: b" + newline * 2 + b"x" * size + newline
        second = b"B: c" + newline * 2 + b"y" * size + newline
        data = b"From -" + newline + first + newline + b"From -" + newline + second
        for threshold in (64, 1 << 20):
            cuts = list(Splitter(Dribble(data, 32), Dialect.MBOXRD, threshold=threshold))
            assert [bytes(c.body) for c in cuts if isinstance(c, Cut)] == [first, second]


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_an_empty_message_before_a_long_one_is_seen(newline: bytes) -> None:
    long = b"A: b" + newline * 2 + b"x" * 3 * LOOK_BYTES + newline
    data = b"From -" + newline * 2 + b"From -" + newline + long
    assert [c.body for c in Splitter(Dribble(data, 32), Dialect.MBOXRD) if isinstance(c, Cut)] == [b"", long]


def test_line_ends_are_kept() -> None:
    messages = [mail(str(n)).replace(b"\n", b"\r\n") for n in range(3)]
    assert cut(mbox(messages, newline=b"\r\n")) == messages


def test_a_last_message_without_newline_is_whole() -> None:
    assert cut(mbox([mail("1")]) + b"From x\nSubject: 2\n\nend") == [mail("1"), b"Subject: 2\n\nend"]


def test_only_one_empty_line_belongs_to_the_separator() -> None:
    assert cut(b"From x\nA: b\n\ntext\n\n\n\nFrom y\nA: b\n\ntext\n\n\n") == [
        b"A: b\n\ntext\n\n\n",
        b"A: b\n\ntext\n\n",
    ]


def test_from_in_a_body_starts_a_message_only_as_a_separator() -> None:
    prose = mail("1", "Hi\n\nFrom here on we go\nand on\n\nFrom 10:30 we ate\n")
    assert cut(mbox([prose, mail("2")])) == [prose, mail("2")]
    assert cut(mbox([mail("1", "no empty line before\nFrom x Thu Aug 22 12:36:23 2002\n")])) != []
    assert len(cut(mbox([mail("1", "no empty line before\nFrom x Thu Aug 22 12:36:23 2002\n")]))) == 1


def test_a_separator_without_date_needs_a_header_after_it() -> None:
    assert len(cut(b"From -\nA: b\n\nx\n\nFrom \nA: b\n\ny\n")) == 2
    assert len(cut(b"From -\nA: b\n\nx\n\nFrom \nno header\n")) == 1


def test_a_false_content_length_is_ignored() -> None:
    written = [b"Content-Length: 3\nA: b\n\nlonger text\n", b"Content-Length: 999999\nA: b\n\nx\n"]
    for dialect in (Dialect.AUTO, Dialect.MBOXCL, Dialect.MBOXCL2):
        assert cut(mbox(written), dialect) == written


def test_quoting_of_a_file_with_content_length_follows_its_first_message() -> None:
    bare = with_length(mail("1", "x\nFrom y\n"))
    quoted = with_length(mail("2", "x\n>From y\n"))
    assert cut(mbox([bare, quoted])) == [bare, quoted]
    assert cut(mbox([quoted, bare])) == [quoted.replace(b">From", b"From"), bare]


def test_bytes_before_the_first_separator_are_told() -> None:
    found = list(Splitter(io.BytesIO(b"\njunk\nmore\n\nFrom x\nA: b\n\ny\n")))
    assert found[0] == Garbage(1, 12)
    assert isinstance(found[1], Cut)
    assert found[1].body == b"A: b\n\ny\n"


@pytest.mark.parametrize("data", [b"", b"\n", b"\r\n\r\n\n"])
def test_an_empty_mbox_holds_nothing(data: bytes) -> None:
    assert list(Splitter(io.BytesIO(data))) == []


def test_a_separator_line_without_end_costs_no_memory() -> None:
    long = b"From " + b"x" * 5_000_000
    cuts = [c for c in Splitter(Dribble(long + b"\nA: b\n\ny\n\n" + long, 70_000)) if isinstance(c, Cut)]
    assert [(len(c.separator), c.body) for c in cuts] == [(8192, b"A: b\n\ny\n\n" + long)]
    tracemalloc.start()
    assert next(iter(Splitter(Endless(b"From ", b"x" * 100_000, 300)))).end == 30_000_005
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10 << 20


@pytest.mark.parametrize("dialect", list(Dialect))
def test_a_message_of_any_size_costs_no_memory(dialect: Dialect) -> None:
    tracemalloc.start()
    splitter = Splitter(Endless(b"From x\nA: b\n\n", b"text\n" * 20_000, 400), dialect, threshold=1 << 20)
    (found,) = list(splitter)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(found, Cut)
    assert len(found.body) == 400 * 100_000 + len(b"A: b\n\n")
    assert peak < 12 << 20


def test_many_empty_lines_at_the_end_of_a_counted_message_hide_nothing() -> None:
    first = with_length(mail("1"))
    data = mbox([first]) + b"\n" * 20_000 + mbox([mail("2")])
    assert cut(data, Dialect.MBOXCL2)[-1] == mail("2")


def test_a_real_mbox_is_cut_as_the_standard_library_does(tmp_path: Path) -> None:
    messages = [mail(str(n), f"line {n}\n" * n) for n in range(50)]
    path = tmp_path / "box"
    box = mailbox.mbox(path)
    for message in messages:
        box.add(message)
    box.close()
    assert cut(path.read_bytes()) == messages
