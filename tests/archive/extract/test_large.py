"""Messages too large for a parser: the same answer as for small ones, within flat memory."""

from __future__ import annotations

import base64
import gc
import mmap
import os
import random
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.archive.extract import makers
from tests.archive.extract.makers import attached, mail, text

from postroom.archive.extract import Limits, blob, extract

WHOLE = Limits()
CUT = Limits(whole_bytes=1)
"""Every message is too large: the skeleton is what is left, truncated to nothing when a body is missed."""
NOISE = random.Random(7).randbytes(20_000)


def cutting(raw: bytes) -> Limits:
    """Limits under which this message is too large, its skeleton not."""
    return Limits(whole_bytes=len(raw) - 1)


@pytest.mark.parametrize(
    "part",
    [
        attached("a.txt", b"words of the attachment\n" * 900, "text/plain"),
        attached("a.docx", makers.docx(*(f"Paragraph {n} {NOISE[n : n + 20].hex()}" for n in range(3000)))),
        attached("a.bin", NOISE),
        text("inline words, ä and ö\n" * 900),
        b"Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n"
        + b"<p>gr=C3=BC=C3=9Fe=\n and more\n" * 900,
        b"Content-Type: message/rfc822\n\n"
        + mail(attached("in.bin", NOISE), text("inner words\n" * 900), subject="In").replace(b"frontier", b"inner"),
    ],
)
def test_a_large_message_reads_as_a_small_one_does(part: bytes) -> None:
    raw = mail(text("first"), part, text("last"), subject="large")
    assert extract(raw, cutting(raw)) == extract(raw, WHOLE)


def test_a_sender_cannot_write_a_mark_that_leads_elsewhere() -> None:
    raw = mail(text("0" * 24), attached("a.bin", NOISE), text(base64.b64encode(b"0" * 24).decode()))
    assert extract(raw, cutting(raw)) == extract(raw, WHOLE)


def test_what_is_left_out_of_a_message_without_structure_is_told() -> None:
    raw = b"Subject: x\n" + b"X-Long: y\n" * 9000
    found = extract(raw, Limits(whole_bytes=1000))
    assert found.subject == "x"
    assert found.problems == ("message too large: not all of it was read",)


@settings(max_examples=60)
@given(st.binary(max_size=300), st.integers(1, 40), st.integers(0, 3))
def test_base64_in_pieces_gives_the_bytes(raw: bytes, size: int, lost: int) -> None:
    written = base64.encodebytes(raw).replace(b"\n", b"\r\n")
    written = written.rstrip(b"\r\n=") if lost else written
    pieces = [written[at : at + size] for at in range(0, len(written), size)]
    assert b"".join(blob.from_base64(pieces)) == raw


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_no_base64_is_an_error(pieces: list[bytes]) -> None:
    assert isinstance(b"".join(blob.from_base64(pieces)), bytes)


def _large_mail(megabytes: int) -> mmap.mmap:
    """A mail of that size: a zip of 40 MB that is read, a video that is not."""
    block = base64.encodebytes(random.Random(1).randbytes(57 * 18_000))
    archive = base64.encodebytes(
        makers.zipped({"read.txt": "zipped words", **{f"{n}.bin": NOISE * 50 for n in range(40)}})
    )
    with tempfile.TemporaryFile(dir=Path(tempfile.gettempdir())) as file:
        file.write(
            mail(text("body"), b"Content-Type: application/zip\nContent-Transfer-Encoding: base64\n\n" + archive)[:-14]
        )
        file.write(b"\n--frontier\nContent-Type: video/mp4\nContent-Transfer-Encoding: base64\n\n")
        while file.tell() < megabytes << 20:
            file.write(block)
        file.write(b"\n--frontier--\n")
        file.flush()
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="peak memory is read from Linux's /proc")
def test_a_message_of_two_hundred_megabytes_needs_little_memory() -> None:
    body = _large_mail(200)
    body.madvise(mmap.MADV_DONTNEED)
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS")
    found = extract(body, replace(WHOLE, archive_ratio=10_000))
    assert "zipped words" in found.attachments[0].text
    assert found.attachments[1].size > 100 << 20
    assert _status("VmHWM") - before < 90 << 20
    body.close()


def _status(field: str) -> int:
    line = next(line for line in Path(f"/proc/{os.getpid()}/status").read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) << 10
