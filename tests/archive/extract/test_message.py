"""What of a message becomes subject, addresses, body and attachments."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st
from tests.archive.extract import loaders
from tests.archive.extract.makers import attached, mail, text

from postroom.archive.extract import Attachment, Extracted, ExtractPool, Limits, body_text, extract

LIMITS = Limits()


def read(raw: bytes, limits: Limits = LIMITS) -> Extracted:
    return extract(raw, limits)


def test_a_plain_message_gives_its_headers_and_its_text() -> None:
    raw = (
        b"From: =?utf-8?q?J=C3=B6rg?= <j@example.org>\nTo: a@example.org, B <b@example.org>\nCc: c@example.org\n"
        b"Bcc: d@example.org\nSubject: =?iso-8859-1?Q?Gr=FC=DFe?=\n =?iso-8859-1?Q?_aus?= Ulm\n"
        b"Date: Mon, 22 Jun 2020 21:31:40 -0500\nMessage-ID: <1@example.org>\n\nHello.\n"
    )
    assert read(raw) == Extracted(
        subject="Grüße aus Ulm",
        sender="Jörg <j@example.org>",
        to="a@example.org, B <b@example.org>",
        cc="c@example.org",
        bcc="d@example.org",
        date_s=1592879500,
        message_id="<1@example.org>",
        body="Hello.\n",
    )


@pytest.mark.parametrize("prelude", [b"From a@b Mon Jan 1 00:00:00 2024\n", b"\xef\xbb\xbf", b"\r\n\n", b">From x\n"])
def test_what_mailboxes_put_before_a_message_is_skipped(prelude: bytes) -> None:
    assert read(prelude + b"Subject: found\n\nx").subject == "found"


def test_of_two_alternatives_the_plain_one_is_the_body() -> None:
    html = b"Content-Type: text/html\n\n<p>The marked up words</p>"
    plain = text("The plain words, enough of them to stand alone.")
    raw = mail(plain, html).replace(b"multipart/mixed", b"multipart/alternative")
    assert read(raw).body == "The plain words, enough of them to stand alone."


def test_html_is_added_when_its_plain_alternative_says_next_to_nothing() -> None:
    html = b"Content-Type: text/html\n\n<p>The whole story</p>"
    raw = mail(text("See HTML."), html).replace(b"multipart/mixed", b"multipart/alternative")
    assert read(raw).body == "See HTML.\nThe whole story"


def test_html_without_plain_text_is_the_body() -> None:
    assert read(b"Content-Type: text/html\n\n<p>One</p><p>Two</p>").body == "One\nTwo"


def test_an_attachment_is_named_measured_hashed_and_read() -> None:
    raw = "a,b\n1,ü\n".encode()
    found = read(mail(text("See file."), attached("data.csv", raw, "text/csv")))
    assert found.body == "See file."
    assert found.attachments == (Attachment("data.csv", "text/csv", len(raw), blake3(raw).digest(), raw.decode(), ""),)


def test_a_named_text_part_is_an_attachment_and_not_body() -> None:
    part = b"Content-Type: text/plain; name*=utf-8''%C3%9Cbersicht.txt\n\nlisted"
    found = read(mail(text("Body."), part))
    assert (found.body, found.attachments[0].filename, found.attachments[0].text) == (
        "Body.",
        "Übersicht.txt",
        "listed",
    )


def test_the_declared_charset_of_a_text_attachment_is_used() -> None:
    raw = "Ещё текст".encode("koi8-r")
    found = read(mail(attached("a.txt", raw, "text/plain; charset=koi8-r")))
    assert found.attachments[0].text == "Ещё текст"


def test_a_message_in_the_message_is_an_attachment_named_by_its_subject_and_its_attachments_follow() -> None:
    inner = mail(text("inner words"), attached("note.txt", b"deep words", "text/plain"), subject="Inner").replace(
        b"frontier", b"inner-frontier"
    )
    found = read(mail(text("outer words"), b"Content-Type: message/rfc822\n\n" + inner))
    assert found.body == "outer words"
    assert [(a.filename, a.text) for a in found.attachments] == [
        ("Inner", "Inner\ninner words"),
        ("note.txt", "deep words"),
    ]


def test_the_parts_of_a_bounce_are_text() -> None:
    status = b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\nStatus: 5.1.1\n"
    found = read(mail(text("Failed."), status))
    assert "Status: 5.1.1" in found.attachments[0].text


def test_base64_of_a_wrong_length_is_still_read() -> None:
    raw = (
        b"Subject: s\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nSGVsbG8gd29ybGQ\nx"
    )
    found = read(raw)
    assert found.subject == "s"
    assert found.body.startswith("Hello world")


def test_no_part_of_a_message_without_header_or_body_is_an_error() -> None:
    assert read(b"") == Extracted()
    assert read(b"Subject: only") == Extracted(subject="only")
    assert read(b"just words").body == "just words"


def test_three_thousand_nested_parts_cost_little_and_keep_the_headers() -> None:
    raw = b"Subject: deep\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (number, number) for number in range(3000)
    )
    found = read(raw + b"\nwords")
    assert found.subject == "deep"
    assert "structure not readable" in found.problems[0]


def test_three_thousand_messages_within_messages_end_at_the_limit() -> None:
    raw = b"Subject: deep\n" + b"Content-Type: message/rfc822\n\nSubject: inner\n" * 3000 + b"\nwords"
    found = read(raw)
    assert found.subject == "deep"
    assert found.problems


def test_messages_within_messages_are_read_down_to_the_depth_limit() -> None:
    raw = b"Content-Type: message/rfc822\n\nSubject: inner\n" * 30 + b"\nwords"
    found = read(raw, Limits(depth=5))
    assert [a.problem for a in found.attachments] == ["", "", "", "", "", "nested too deep"]


def test_a_header_of_ten_megabytes_is_cut() -> None:
    raw = b"Subject: bomb\nTo: " + b"a@example.org,\n " * (10 << 16) + b"z@example.org\n\nwords"
    found = read(raw, Limits(header_chars=1000))
    assert (found.subject, found.body) == ("bomb", "words")
    assert 900 < len(found.to) <= 1000


def test_text_past_the_limits_is_cut_and_that_is_told() -> None:
    parts = mail(text("b" * 50), attached("a.txt", b"a" * 50, "text/plain"), attached("c.txt", b"c" * 50, "text/plain"))
    found = read(parts, Limits(text_chars=60, attachment_chars=30))
    assert (len(found.body), found.problems) == (50, ())
    assert [(len(a.text), a.problem) for a in found.attachments] == [(10, "text cut"), (0, "text cut")]


def test_attachments_past_the_limit_are_left_out_and_that_is_told_once() -> None:
    found = read(mail(*(attached(f"{n}.txt", b"x", "text/plain") for n in range(5))), Limits(attachments=2))
    assert [a.filename for a in found.attachments] == ["0.txt", "1.txt"]
    assert found.problems == ("too many attachments",)


def test_when_the_time_is_up_attachments_are_named_and_not_read() -> None:
    found = read(mail(text("body"), attached("a.txt", b"x", "text/plain")), Limits(time_s=0))
    assert found.body == "body"
    assert [(a.filename, a.text, a.problem) for a in found.attachments] == [("a.txt", "", "time limit")]


def test_zero_bytes_become_blanks_because_no_index_takes_them() -> None:
    assert read(b"Subject: a\0b\n\nc\0d") == Extracted(subject="a b", body="c d")


@given(st.binary(max_size=400))
def test_any_bytes_at_all_are_a_message(raw: bytes) -> None:
    assert isinstance(read(raw), Extracted)


@given(st.integers(0, 2**32))
def test_a_message_with_flipped_bytes_is_still_read(seed: int) -> None:
    source = random.Random(seed)
    raw = bytearray(mail(text("words"), attached("a.csv", b"1,2\n" * 9, "text/csv"), subject="=?utf-8?b?w6Q=?="))
    for _ in range(8):
        raw[source.randrange(len(raw))] = source.randrange(256)
    assert isinstance(read(bytes(raw)), Extracted)
    assert body_text(bytes(raw), LIMITS) == extract(bytes(raw), LIMITS).body


def test_the_body_alone_is_that_of_the_whole_message_and_cut_as_that() -> None:
    raw = mail(text("a few words"), attached("a.txt", b"attached", "text/plain"), text("and more"))
    assert body_text(raw, LIMITS) == read(raw).body == "a few words\nand more"
    short = replace(LIMITS, text_chars=5)
    assert body_text(raw, short) == read(raw, short).body == "a few"


def test_a_content_type_that_is_none_is_plain_text() -> None:
    found = extract(b"Subject: a\nContent-Type: text plain\n\nThe dog barks.\n", Limits())
    assert found.body == "The dog barks.\n"
    assert found.attachments == ()


def test_a_file_without_a_true_type_is_known_by_its_bytes() -> None:
    part = b"Content-Type: BINARY; name=notes\nContent-Transfer-Encoding: base64\n\nVGhlIGRvZyBiYXJrcy4=\n"
    assert extract(mail(part), Limits()).attachments[0].text == "The dog barks."


def test_a_multipart_without_boundary_is_the_text_that_it_looks_like() -> None:
    found = extract(b"Subject: a\nContent-Type: multipart/mixed\n\nThe dog barks.\n", Limits())
    assert found.subject == "a"
    assert found.body == "The dog barks.\n"


@pytest.mark.parametrize("inside", [False, True])
def test_a_boundary_in_the_form_of_rfc_2231_is_read(inside: bool) -> None:
    part = b"Content-Type: multipart/mixed; boundary*=us-ascii''%45nd\n\n--End\n\nThe dog barks.\n--End--\n"
    assert "The dog barks." in extract(mail(part) if inside else b"Subject: a\n" + part, Limits()).body


@pytest.mark.parametrize(
    "bomb",
    [
        b"".join(b"X-%d: %s\n" % (n, b"a" * 200) for n in range(10_000)),
        b"To: " + b"a@example.org, " * 200_000 + b"\n",
        b"Comments: x\n" + b" x\n" * 1_000_000,
        b"Comments: " + b"=?utf-8?q?word?= " * 100_000 + b"\n",
        b"Comments: " + b"=?" * 1_000_000 + b"\n",
        b"Comments: " + b"\xfe" * 2_000_000 + b"\n",
    ],
)
def test_what_matters_is_read_behind_a_header_bomb(bomb: bytes) -> None:
    with ExtractPool(loaders.plain, workers=1, limits=Limits(time_s=3)) as workers:
        (found,) = next(workers.map([[bomb + b"Subject: still here\n\nThe dog barks.\n"]]))
    assert (found.subject, found.body) == ("still here", "The dog barks.\n")
    assert "header too large: not all of it was read" in found.problems


def test_a_long_text_without_header_is_read_to_its_end() -> None:
    assert "barks" in read(b"no header\n" * 50_000 + b"The dog barks.\n").body


def test_fifty_thousand_levels_are_not_given_to_the_parser() -> None:
    raw = b"Subject: deep\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(50_000)
    )
    found = read(raw + b"\nThe dog barks.\n")
    assert found.subject == "deep"
    assert found.body.endswith("The dog barks.\n")
    assert found.problems == ("structure not readable: too many parts",)


@pytest.mark.parametrize(
    "markup",
    [
        b"<div>" * 100_000 + b"words" + b"</div>" * 100_000,
        b"<div>" * 60_000 + b"words" + b"</x>" * 60_000,
        b"<div " + b"".join(b"a%d=1 " % n for n in range(100_000)) + b">words</div>",
    ],
)
def test_html_that_a_parser_takes_minutes_for_is_read_without_it(markup: bytes) -> None:
    with ExtractPool(loaders.plain, workers=1, limits=Limits(time_s=3)) as workers:
        (found,) = next(workers.map([[b"Subject: deep\nContent-Type: text/html\n\n" + markup]]))
    assert (found.subject, found.body, found.problems) == ("deep", "words", ())


def test_long_html_still_names_its_pictures_and_hides_its_scripts() -> None:
    markup = b'<script>no</script><img src="x" alt="a cat"><!-- no -->' + b"<br>" * 25_000 + b"Fish &amp; chips"
    assert read(b"Content-Type: text/html\n\n" + markup).body == "a cat\nFish & chips"


def test_a_message_that_needs_too_much_memory_is_read_as_one_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def hungry(_markup: str) -> str:
        raise MemoryError

    monkeypatch.setattr("postroom.archive.extract.html.text_of", hungry)
    found = read(b"Subject: a\nContent-Type: text/html\n\n<p>words")
    assert (found.subject, found.body) == ("a", "<p>words")
    assert found.problems == ("structure and attachments not read: memory limit",)


_HTML = b"Subject: s\nContent-Type: text/html\n\n"
_ODD = b"Subject: s\nContent-Type: application/x-odd\nContent-Transfer-Encoding: base64\n\n"


@pytest.mark.parametrize(
    "raw",
    [
        _HTML + b"<a" * 1_000_000,
        _HTML + b"<br>" * 25_000 + b"<img alt='x' " * 100_000,
        _HTML + b"<br>" * 25_000 + (b"<img " + b"alt=' " * 2_000) * 100,
        _ODD + b"A" * (17 << 20) + b"=" * 1_000_000,
        b"\n" * 8_000_000 + b"Subject: s\n\nwords",
    ],
    ids=["tags", "pictures", "alternatives", "padding", "blank lines"],
)
def test_what_is_left_open_or_repeated_costs_no_more_than_its_size(raw: bytes) -> None:
    limits = Limits(time_s=5, memory_bytes=256 << 20)
    with ExtractPool(loaders.plain, workers=1, limits=limits) as workers:
        (found,) = next(workers.map([[raw]]))
    assert (found.subject, found.problems) == ("s", ())
