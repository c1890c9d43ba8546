from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.errors import Invalid
from postroom.workspace.store.rows import Body
from postroom.workspace.workloads.mail import mime_in, mime_out
from postroom.workspace.workloads.mail.headers import recipient
from postroom.workspace.workloads.mail.mime_out import Enclosed, Extra
from postroom.workspace.workloads.mail.parts import part_at

NOW = datetime(2026, 1, 31, 10, tzinfo=UTC)
DOCUMENT = {
    "subject": "Roof",
    "from": recipient("anna@example.org", "Anna Müller"),
    "toRecipients": [recipient("bob@example.org", "Bob, the builder")],
    "ccRecipients": [recipient("eve@example.org")],
    "bccRecipients": [recipient("secret@example.org")],
    "sentDateTime": "2026-01-31T09:00:00Z",
    "internetMessageId": "<1@example.org>",
    "importance": "high",
}


def again(raw: bytes) -> mime_in.Read:
    return mime_in.read(raw, NOW)


def test_what_is_written_is_read_again() -> None:
    raw = mime_out.write(DOCUMENT, Body("text", "Grüße\r\nund mehr\r\n"), [])
    found = again(raw)
    for name in ("subject", "from", "toRecipients", "ccRecipients", "sentDateTime", "internetMessageId", "importance"):
        assert found.document[name] == DOCUMENT[name], name
    assert found.body == Body("text", "Grüße\r\nund mehr\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_blind_copies_are_left_out_unless_they_are_wanted() -> None:
    assert b"secret@" not in mime_out.write(DOCUMENT, Body("text", "x"), [])
    assert b"secret@" in mime_out.write(DOCUMENT, Body("text", "x"), [], Extra(bcc=True))


def test_html_goes_with_a_text_beside_it_and_its_pictures_inline() -> None:
    enclosed = [
        Enclosed("p.png", "image/png", b"PNG", inline=True, content_id="pic@x"),
        Enclosed("Grüße.pdf", "application/pdf", bytes(range(256))),
    ]
    raw = mime_out.write(DOCUMENT, Body("html", '<p>Hi <img src="cid:pic@x"></p>'), enclosed)
    found = again(raw)
    assert found.body.content_type == "html"
    assert [(one.name, one.inline) for one in found.attachments] == [("p.png", True), ("Grüße.pdf", False)]
    part = part_at(raw, found.attachments[1].part)
    assert part is not None
    assert part.content() == bytes(range(256))
    assert b"text/plain" in raw


def test_an_attached_message_stays_as_it_is() -> None:
    inner = b"Subject: x\r\nX:  odd   blanks\r\n\r\n" + "Grüße".encode() + b"\r\n"
    raw = mime_out.write(DOCUMENT, Body("text", "x"), [Enclosed("m", "", inner, message=True)])
    assert inner in raw
    assert again(raw).attachments[0].kind == "itemAttachment"


def test_answers_name_what_they_answer() -> None:
    extra = Extra("<2@x>", ("<1@x>", "<2@x>"), (("X-Kept", "yes"), ("Subject", "other"), ("Bad Name", "no")))
    raw = mime_out.write(DOCUMENT, Body("text", "x"), [], extra)
    found = again(raw)
    assert found.references == ("<1@x>", "<2@x>")
    assert {"name": "X-Kept", "value": "yes"} in found.headers
    assert raw.count(b"Subject:") == 1


@given(st.text(max_size=200))
def test_no_subject_can_write_a_header_of_its_own(subject: str) -> None:
    raw = mime_out.write({**DOCUMENT, "subject": subject}, Body("text", "x"), [])
    names = [field["name"] for field in again(raw).headers]
    assert names.count("From") == names.count("Subject") == 1
    assert len(names) == len(set(names))


def test_line_breaks_in_addresses_write_no_header() -> None:
    bad = recipient("a@b.c", "x") | {"emailAddress": {"name": "x\r\nBcc: evil@x", "address": "a@b.c\r\nX: y"}}
    raw = mime_out.write({**DOCUMENT, "toRecipients": [bad]}, Body("text", "x"), [])
    assert {field["name"] for field in again(raw).headers}.isdisjoint({"Bcc", "X"})


def test_domains_with_umlauts_are_written_in_ascii_and_local_parts_refused() -> None:
    assert mime_out.address(recipient("a@bücher.example")) == "a@xn--bcher-kva.example"
    with pytest.raises(Invalid, match="ASCII"):
        mime_out.address(recipient("ä@example.org"))
