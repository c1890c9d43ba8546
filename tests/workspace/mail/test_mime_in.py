from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.corpus import archives

from postroom.workspace.workloads.mail import mime_in
from postroom.workspace.workloads.mail.parts import PARTS, leaves, parse, part_at

NOW = datetime(2026, 1, 31, 10, tzinfo=UTC)
HEAD = b"From: Anna <anna@example.org>\r\nTo: bob@example.org\r\nSubject: Roof\r\nMessage-ID: <1@example.org>\r\n"


def read(raw: bytes) -> mime_in.Read:
    return mime_in.read(raw, NOW)


def multipart(kind: str, *parts: bytes, mark: bytes = b"b1") -> bytes:
    body = b"".join(b"--" + mark + b"\r\n" + part + b"\r\n" for part in parts)
    return (
        b"Content-Type: multipart/"
        + kind.encode()
        + b"; boundary="
        + mark
        + b"\r\n\r\n"
        + body
        + b"--"
        + mark
        + b"--\r\n"
    )


TEXT = b"Content-Type: text/plain\r\n\r\nplain words"
HTML = b'Content-Type: text/html\r\n\r\n<p>rich words <img src="cid:pic@x"></p>'
PICTURE = b'Content-Type: image/png; name="p.png"\r\nContent-ID: <pic@x>\r\nContent-Disposition: inline\r\n\r\nPNG'
PDF = b'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="a.pdf"\r\n\r\nPDF'


def test_a_plain_message_is_a_document_with_the_names_of_graph() -> None:
    found = read(HEAD + b"Date: Sat, 31 Jan 2026 09:00:00 +0100\r\nImportance: high\r\n\r\nHello\r\n")
    assert found.document["subject"] == "Roof"
    assert found.document["from"] == {"emailAddress": {"name": "Anna", "address": "anna@example.org"}}
    assert found.document["toRecipients"] == [
        {"emailAddress": {"name": "bob@example.org", "address": "bob@example.org"}}
    ]
    assert found.document["sentDateTime"] == "2026-01-31T08:00:00Z"
    assert found.document["receivedDateTime"] == "2026-01-31T10:00:00Z"
    assert found.document["internetMessageId"] == "<1@example.org>"
    assert found.document["importance"] == "high"
    assert found.document["bodyPreview"] == "Hello"
    assert (found.body.content_type, found.body.content) == ("text", "Hello\r\n")
    assert "meetingMessageType" not in found.document


def test_the_html_of_an_alternative_is_the_body_and_what_it_shows_is_inline() -> None:
    related = multipart("related", HTML, PICTURE, mark=b"b3")
    raw = HEAD + multipart("mixed", multipart("alternative", TEXT, related, mark=b"b2"), PDF)
    found = read(raw)
    assert found.body.content_type == "html"
    assert "rich words" in found.body.content
    assert [(one.name, one.inline, one.part) for one in found.attachments] == [
        ("p.png", True, "1.2.2"),
        ("a.pdf", False, "2"),
    ]
    assert found.document["hasAttachments"]
    part = part_at(raw, "2")
    assert part is not None
    assert part.content() == b"PDF"


def test_inline_pictures_alone_are_no_attachments() -> None:
    assert not read(HEAD + multipart("related", HTML, PICTURE)).document["hasAttachments"]


def test_several_texts_stand_one_below_the_other() -> None:
    footer = b"Content-Type: text/plain\r\n\r\nlist footer"
    assert read(HEAD + multipart("mixed", TEXT, footer)).body.content == "plain words\r\nlist footer"


def test_an_embedded_message_is_given_back_to_the_byte() -> None:
    inner = b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nX:  odd   blanks\r\n\r\nbody"
    raw = HEAD + multipart("mixed", TEXT, b"Content-Type: message/rfc822\r\n\r\n" + inner)
    (attached,) = read(raw).attachments
    assert (attached.kind, attached.name) == ("itemAttachment", "Grüße")
    part = part_at(raw, attached.part)
    assert part is not None
    assert part.content() == inner


@pytest.mark.parametrize(
    ("field", "subject"),
    [
        (b"=?iso-8859-1?q?Gr=FC=DFe?=", "Grüße"),
        (b"=?utf-8?B?R3LDvMOfZQ==?= =?utf-8?Q?_an_alle?=", "Grüße an alle"),
        (b"=?utf-8?B?R3LDvMOfZQ?=", "Grüße"),
        ("Grüße".encode("latin-1"), "Grüße"),
        ("Grüße".encode(), "Grüße"),
        (b"=?nonsense?q?abc?=", "abc"),
        (b"folded\r\n  here", "folded here"),
    ],
)
def test_subjects_are_read_however_they_are_encoded(field: bytes, subject: str) -> None:
    assert read(b"Subject: " + field + b"\r\n\r\n").document["subject"] == subject


@pytest.mark.parametrize(
    "value",
    [b"filename*=utf-8''Gr%C3%BC%C3%9Fe.txt", b"filename*0*=utf-8''Gr%C3%BC; filename*1*=%C3%9Fe.txt",
     b'filename="=?utf-8?q?Gr=C3=BC=C3=9Fe=2Etxt?="'],
)  # fmt: skip
def test_names_of_attachments_are_read_in_every_form(value: bytes) -> None:
    part = b"Content-Type: text/plain\r\nContent-Disposition: attachment; " + value + b"\r\n\r\nx"
    assert [one.name for one in read(HEAD + multipart("mixed", TEXT, part)).attachments] == ["Grüße.txt"]


def test_replies_belong_to_the_conversation_of_the_first_message() -> None:
    first = read(HEAD + b"\r\n").document["conversationId"]
    reply = read(b"Message-ID: <2@x>\r\nReferences: <1@example.org>\r\nIn-Reply-To: <1@example.org>\r\n\r\n")
    third = read(b"Message-ID: <3@x>\r\nReferences: <1@example.org> <2@x>\r\n\r\n")
    assert reply.document["conversationId"] == third.document["conversationId"] == first
    assert third.references == ("<1@example.org>", "<2@x>")


def test_an_invitation_is_an_event_message() -> None:
    calendar = b"Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR"
    found = read(HEAD + multipart("alternative", TEXT, calendar))
    assert found.document["@odata.type"] == "#microsoft.graph.eventMessageRequest"
    assert found.document["meetingMessageType"] == "meetingRequest"


HOSTILE = {
    "deep": b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(5000)),
    "wide": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 15_000,
    "nested": b"Content-Type: message/rfc822\r\n\r\n" * 20_000,
    "long header": b"To: " + b"<a@b>, " * 200_000 + b"\r\n\r\nx",
    "many headers": b"X-A: b\r\n" * 100_000 + b"\r\nx",
    "blanks": b"Subject: " + b"?= " * 20_000 + b" " * 40_000 + b"\r\n\r\nx",
    "nothing": b"",
    "nul": b"\0" * 1000,
    "lines": b"Subject: x\r\n\r\n" + b"\n" * 2_000_000,
    "references": b"References: " + b"<a@b> " * 10_000 + b"\r\n\r\n",
    "no boundary": b"Content-Type: multipart/mixed\r\n\r\nwords",
    "tags": b"Content-Type: text/html\r\n\r\n" + b"<div>" * 200_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_is_read_in_bounded_time(name: str) -> None:
    began = time.process_time()
    found = read(HOSTILE[name])
    assert len(found.attachments) <= PARTS
    assert len(found.headers) <= 100_000
    assert time.process_time() - began < 20


@given(st.binary(max_size=2000))
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    found = read(HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + raw)
    found.document["subject"].encode()
    found.body.content.encode()


@pytest.mark.corpus
@archives.needs_corpus
def test_every_file_of_the_torture_corpus_is_read(tmp_path: Path) -> None:
    import tarfile

    with tarfile.open(archives.CORPUS / "torture-mime.tar.xz") as archive:
        files = [member for member in archive if member.isfile()]
        assert len(files) > 900
        for member in files:
            opened = archive.extractfile(member)
            assert opened is not None
            raw = opened.read()
            found = read(raw)
            for one in found.attachments:
                part = part_at(raw, one.part)
                assert part is not None, member.name
                assert len(part.content()) == one.size


def test_the_parts_of_a_message_without_parts_are_the_message() -> None:
    assert [part.path for part in leaves(parse(HEAD + b"\r\nx"))] == ["1"]
