"""Journal reports: the message within comes out byte for byte, the text beside it tells the envelope."""

from __future__ import annotations

import base64
import quopri
import time
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from postroom.archive.body import SPOOL_BYTES, Body, Spool
from postroom.archive.journal import Journalled, Recipient, report, unwrap
from postroom.archive.journal.lines import read

INNER = b"From: Anna <anna@example.org>\r\nTo: bob@example.org\r\nSubject: roof\r\n\r\nHello\r\n\r\n"
TEXT = (
    "Sender: anna@example.org\r\n"
    "Subject: roof: To: nobody@example.org\r\n"
    "Message-Id: <1@example.org>\r\n"
    "To: bob@example.org\r\n"
    'Cc: "Miller, Carl" <carl@example.org>\r\n'
    "Bcc: dora@example.org, Expanded: staff@example.org\r\n"
    "To: emil@example.org, Expanded: all@example.org, Forwarded: bob@example.org\r\n"
    "On-Behalf-Of: boss@example.org\r\n"
)
ENVELOPE = (
    Recipient("bob@example.org"),
    Recipient("carl@example.org"),
    Recipient("dora@example.org", ("staff@example.org",)),
    Recipient("emil@example.org", ("all@example.org", "bob@example.org")),
)


def part(kind: str, body: bytes, encoding: str = "") -> bytes:
    head = f"Content-Type: {kind}\r\n" + (f"Content-Transfer-Encoding: {encoding}\r\n" if encoding else "")
    return head.encode() + b"\r\n" + body


def made(parts: Sequence[bytes], mark: str = "X-MS-Journal-Report:\r\n", boundary: str = "b1") -> bytes:
    """A report of these parts."""
    head = f'From: <x@example.org>\r\n{mark}Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\nfor MIME\r\n'
    lines = b"".join(b"--" + boundary.encode() + b"\r\n" + one + b"\r\n" for one in parts)
    return head.encode() + lines + b"--" + boundary.encode() + b"--\r\n"


def text_part(text: str = TEXT) -> bytes:
    return part("text/plain; charset=us-ascii", text.encode())


def message_part(inner: bytes = INNER) -> bytes:
    return part("message/rfc822", inner)


def test_a_report_is_taken_apart() -> None:
    (one,) = unwrap(made([text_part(), message_part()]))
    assert one == Journalled(INNER, "anna@example.org", ENVELOPE, ("boss@example.org",))


@pytest.mark.parametrize(
    "text",
    [
        part("text/plain; charset=utf-8", base64.encodebytes(TEXT.encode()), "base64"),
        part("text/plain; charset=utf-8", quopri.encodestring(TEXT.encode()), "quoted-printable"),
        part('text/plain; charset="utf-16"', base64.encodebytes(TEXT.encode("utf-16")), "BASE64"),
        part("text/plain; format=flowed", TEXT.replace("\r\n", "\n").encode(), "8bit"),
        b"\r\n" + TEXT.encode(),
        part("multipart/alternative; boundary=in", b"--in\r\n" + text_part() + b"\r\n--in\r\n"
             + part("text/html", b"<p>To: x@example.org</p>") + b"\r\n--in--"),
    ],
    ids=["base64", "quoted-printable", "utf-16", "bare line ends", "no type", "alternative"],
)  # fmt: skip
def test_the_text_may_be_encoded_in_any_way(text: bytes) -> None:
    (one,) = unwrap(made([text, message_part()]))
    assert (one.sender, one.recipients, one.problem) == ("anna@example.org", ENVELOPE, "")


def test_other_languages_come_through() -> None:
    told = "Sender: jörg@müller.example\r\nSubject: 日本語\r\nRecipient: 用户@例子.example\r\n"
    (one,) = unwrap(made([part("text/plain; charset=utf-8", told.encode()), message_part()]))
    assert (one.sender, one.recipients) == ("jörg@müller.example", (Recipient("用户@例子.example"),))


def test_older_reports_have_no_mark_and_one_kind_of_recipient() -> None:
    told = (
        "Sender: anna@example.org\r\nMessage-ID: <1@example.org>\r\n"
        "Recipients:\r\n bob@example.org;\r\n carl@example.org\r\n"
    )
    (one,) = unwrap(made([text_part(told), message_part()], mark=""))
    assert (one.body, one.recipients) == (INNER, (Recipient("bob@example.org"), Recipient("carl@example.org")))


def test_several_messages_in_one_report_have_one_envelope() -> None:
    other = INNER.replace(b"Hello", b"Clear")
    found = unwrap(made([text_part(), message_part(), part("Message/RFC822; name=x", other)]))
    assert [one.body for one in found] == [INNER, other]
    assert {one.recipients for one in found} == {ENVELOPE}


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "binary", "7bit"])
def test_a_message_within_is_decoded(encoding: str) -> None:
    coded = {"base64": base64.encodebytes(INNER), "quoted-printable": quopri.encodestring(INNER)}.get(encoding, INNER)
    (one,) = unwrap(made([text_part(), part("message/rfc822", coded, encoding)]))
    assert one.body == INNER


PROBLEMS = {
    "no message": ([text_part()], report.NO_MESSAGE),
    "tnef": ([text_part(), part("application/ms-tnef; name=winmail.dat", b"abc", "base64")], report.TNEF),
    "no envelope": ([text_part("Hello\r\n"), message_part()], report.NO_ENVELOPE),
    "no text": ([message_part()], report.NO_ENVELOPE),
    "bad base64": ([text_part(), part("message/rfc822", b"abc$", "base64")], report.UNDECODED),
    "long address": ([text_part(f"{TEXT}To: {'a' * 600}@example.org\r\n"), message_part()], report.TOO_LONG),
    "many": ([text_part(), *[message_part()] * 101], report.TOO_MANY),
    "many recipients": (
        [text_part(TEXT + "".join(f"Bcc: p{n}@example.org\r\n" for n in range(20_001))), message_part()],
        report.TOO_MANY,
    ),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_what_cannot_be_taken_apart_is_kept_as_it_came_with_the_reason(name: str) -> None:
    parts, problem = PROBLEMS[name]
    whole = made(parts)
    (one,) = unwrap(whole)
    assert (one.body, one.problem, one.wrapped) == (whole, problem, True)
    assert name in ("no envelope", "no text") or (one.sender == "anna@example.org" and one.recipients[:4] == ENVELOPE)


@pytest.mark.parametrize(
    "whole",
    [
        INNER,
        b"",
        made(
            [text_part("Look at this.\r\nTo: victim@example.org\r\nSender: x@example.org\r\n"), message_part()], mark=""
        ),
        made([text_part(), part("application/pdf", b"x")], mark=""),
        made([message_part()], mark=""),
    ],
    ids=["mail", "nothing", "forwarded by hand", "no message", "no text"],
)
def test_what_is_no_report_is_not_taken_for_one(whole: bytes) -> None:
    assert unwrap(whole) == [Journalled(whole, problem=report.NO_REPORT, wrapped=True)]


def test_a_report_within_a_report_stays_a_message() -> None:
    inner = made([text_part(), message_part()], boundary="b2")
    (one,) = unwrap(made([text_part("Sender: a@example.org\r\nTo: b@example.org\r\n"), message_part(inner)]))
    assert (one.body, one.sender) == (inner, "a@example.org")


def test_a_large_message_within_is_not_held_in_memory() -> None:
    inner = INNER + b"x" * SPOOL_BYTES * 2 + b"\r\n"
    spool = Spool()
    spool.write(made([text_part(), message_part(inner)]))
    whole: Body = spool.finish()
    (one,) = unwrap(whole)
    assert not isinstance(one.body, bytes)
    assert one.body[:] == inner


@pytest.mark.parametrize(
    "value",
    [
        '"' * 200_000,
        '\\"' * 100_000,
        "a" * 500_000,
        "@" * 500_000,
        ", Expanded:" * 50_000,
        "<" * 500_000,
        "a@b " * 9_000,
    ],
)
def test_no_text_takes_long(value: str) -> None:
    begun = time.process_time()
    unwrap(made([text_part(f"Sender: {value}\r\nTo: {value}\r\n{value}"), message_part()]))
    assert time.process_time() - begun < 5


PIECES = st.sampled_from(
    [b"Sender: ", b"To: ", b"a@b.c", b", Expanded: ", b"\r\n", b"\n", b" ", b'"', b"--b1", b"--", b"\r\n--b1\r\n",
     b"\0",
     b"Content-Type: ", b"text/plain", b"message/rfc822", b"multipart/mixed; boundary=b1", b"\r\n\r\n", b"\xff",
     b"X-MS-Journal-Report:\r\n", b"Content-Transfer-Encoding: base64\r\n", b"QUJD"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map(b"".join))
@example(b"X-MS-Journal-Report:")
@example(b"\n--b1")
def test_whatever_comes_nothing_is_lost(raw: bytes) -> None:
    found = unwrap(raw)
    assert found
    if found[0].wrapped:
        assert [bytes(one.body) for one in found] == [raw]
        assert found[0].problem
    else:
        assert all(one.body in raw or one.body == b"ABC" * (len(one.body) // 3) for one in found)
        assert all(one.problem == "" and (one.sender or one.recipients or one.authors) for one in found)


LOCAL = st.text(st.sampled_from("abcxyz019.+-_='"), min_size=1, max_size=10)
ADDRESS = st.builds(lambda local, domain: f"{local}@{domain}.example", LOCAL, st.text("abc", min_size=1, max_size=5))
RECIPIENT = st.builds(Recipient, ADDRESS, st.lists(ADDRESS, max_size=2, unique=True).map(tuple))


@given(
    sender=ADDRESS,
    recipients=st.lists(RECIPIENT, min_size=1, max_size=6, unique_by=lambda one: one.address),
    inner=st.lists(st.sampled_from([b"Subject: x", b"\r\n", b"--b", b"\n", b".", b"--b2\r\n", b"a"]), max_size=12).map(
        b"".join
    ),
    kinds=st.lists(st.sampled_from(["To", "Cc", "BCC", "Recipient"]), min_size=6, max_size=6),
)
def test_what_a_report_was_made_of_comes_out_of_it(
    sender: str, recipients: list[Recipient], inner: bytes, kinds: list[str]
) -> None:
    lines = [
        f"{kind}: <{one.address}>" + "".join(f", Expanded: {via}" for via in one.via)
        for kind, one in zip(kinds, recipients, strict=False)
    ]
    told = "\r\n".join([f"Sender: {sender}", "Subject: x", *lines])
    (one,) = unwrap(made([text_part(told), message_part(inner)], boundary="------=_b1"))
    assert one == Journalled(inner, sender, tuple(recipients))


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    told = read(text)
    assert told.count >= 1
    assert all("@" in one.address for one in told.recipients)
