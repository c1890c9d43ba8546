"""Short messages written without the library are what the library would have made of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from postroom.workspace.store.rows import Body
from postroom.workspace.workloads.items import text
from postroom.workspace.workloads.mail import mime_in, mime_out
from postroom.workspace.workloads.mail.plain import CHARS, plain

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def person(address: str, name: str = "") -> dict[str, Any]:
    return {"emailAddress": {"address": address, **({"name": name} if name else {})}}


ANNA = person("anna@example.com", "Anna")


def document(**changed: Any) -> dict[str, Any]:
    """As a message that is sent has it."""
    usual = {
        "subject": "Number 3",
        "importance": "normal",
        "internetMessageId": "<0123456789abcdef0123456789abcdef@example.com>",
        "conversationId": "Y6Rdsnz",
        "conversationIndex": "AQHc8yn7dBBnsnVDQ0qk0n2vbGcNEg==",
        "sentDateTime": "2026-03-04T05:06:07Z",
        "from": ANNA,
        "sender": ANNA,
        "toRecipients": [person("bert@example.com")],
        "ccRecipients": [],
        "bccRecipients": [],
        "replyTo": [],
    }
    return {**usual, **changed}


def same(given: dict[str, Any], body: Body) -> bool:
    """Whether it is simple; then both ways agree."""
    made = plain(given, body, NOW)
    if made is None:
        return False
    raw, read = made
    assert raw == mime_out.write(given, body, [])
    known = mime_in.read(raw, NOW)
    assert (read.document, read.body) == (known.document, known.body)
    assert (read.attachments, read.references, read.headers) == (known.attachments, known.references, known.headers)
    return True


LETTERS = st.one_of(st.sampled_from("aZ09 .,-_+@\"'()<>[]:;=?\\\t\r\n\x00\x0b\x85é€\u2028漢😀\ud800"), st.characters())
TEXTS = st.text(LETTERS, max_size=80)
WORDS = st.lists(st.text("aZ09.,-_:'!()", min_size=1, max_size=12), max_size=5).map(" ".join)
NAMES = st.lists(st.text("aZ09", min_size=1, max_size=9), max_size=3).map(" ".join)
LOCALS = st.from_regex(r"\A[A-Za-z0-9+_-]{1,9}(\.[a-z]{1,9}){0,2}\Z")


def people(locals_: st.SearchStrategy[str], names: st.SearchStrategy[str]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.builds(lambda local, name: person(f"{local}@example.com", name), locals_, names), max_size=4)


PEOPLE = people(LOCALS, NAMES)
ANYBODY = PEOPLE | people(LOCALS | TEXTS, NAMES | WORDS | TEXTS)
CONTENTS = st.lists(
    st.sampled_from(["<p>", "</p>", "a\n", "x" * 75, "=", ".", "From ", "--", "<br>", "&amp;", "\r\n", "\r", "\x0c"])
    | TEXTS,
    max_size=12,
).map("".join)


@settings(max_examples=300)
@given(WORDS | TEXTS, ANYBODY, PEOPLE, PEOPLE, CONTENTS, st.booleans())
@example("", [], [person("a@example.com", "a@example.com")], [], "", False)
@example("a b", [person("a@example.com")] * 4, [], [], " \n--x\n.\n", True)
@example("=?utf-8?q?x?=", [person("a@example.com")], [], [], "x", False)
def test_a_simple_message_is_written_and_read_as_by_the_library(
    subject: str, to: list[Any], cc: list[Any], reply_to: list[Any], content: str, html: bool
) -> None:
    given_ = document(subject=subject, toRecipients=to, ccRecipients=cc, replyTo=reply_to)
    event(f"simple: {same(given_, Body('html' if html else 'text', content))}")


@given(CONTENTS, st.booleans())
def test_any_content_is_written_and_read_as_by_the_library(content: str, html: bool) -> None:
    assert same(document(), Body("html" if html else "text", content)) is ("\0" not in content)


@pytest.mark.parametrize("content", ["", "One line", "Two\nlines\n", "é" * 200, "x" * CHARS, "<p>Hello &amp; bye</p>"])
@pytest.mark.parametrize("kind", ["text", "html"])
def test_what_programs_send_is_simple(kind: str, content: str) -> None:
    content = text.whole(content) if kind == "html" and len(content) < CHARS else content
    assert same(document(), Body(kind, content))
    several = [person("bert@example.com", "Bert Smith"), person("carl@example.com")]
    assert same(document(subject="", toRecipients=several, bccRecipients=several), Body(kind, content))


@pytest.mark.parametrize(
    "changed",
    [
        {"subject": "Grüße"},
        {"subject": "two  blanks"},
        {"subject": "=?utf-8?q?x?="},
        {"subject": "long " * 20},
        {"subject": None},
        {"importance": "high"},
        {"isReadReceiptRequested": True},
        {"isDeliveryReceiptRequested": True},
        {"_headers": [{"name": "X-Spam-Flag", "value": "yes"}]},
        {"_references": ["<a@example.com>"]},
        {"sender": person("bert@example.com")},
        {"toRecipients": [person("bert@example.com", "Smith, Bert")]},
        {"toRecipients": [person("bert@münchen.example")]},
        {"toRecipients": [person("bert@example.com", "B" * 60)]},
        {"internetMessageId": "<a b@example.com>"},
        {"internetMessageId": "a@example.com"},
        {"conversationIndex": ""},
    ],
)
def test_the_rest_is_left_to_the_library(changed: dict[str, Any]) -> None:
    assert plain(document(**changed), Body("text", "x"), NOW) is None


def test_long_texts_are_left_to_the_library() -> None:
    assert plain(document(), Body("text", "x" * (CHARS + 1)), NOW) is None
