"""The options on lists in memory: pages that are followed to their end, counts, searches, names."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.errors import Invalid
from postroom.workspace.errors import UnknownProperty
from postroom.workspace.query.memory import page_of
from postroom.workspace.query.names import check_options
from postroom.workspace.query.options import NONE, Options
from postroom.workspace.query.page import Page
from postroom.workspace.query.request import parse_options
from postroom.workspace.schema.types import SCHEMA

USER, MESSAGE = SCHEMA.entity("user"), SCHEMA.entity("message")
USERS: list[dict[str, Any]] = [
    {"id": str(number), "displayName": name, "mail": f"{name.lower()}@example.org", "accountEnabled": number % 2 == 0,
     "_ours": "secret"}
    for number, name in enumerate(["Carl", "ann", "Bob", "Dora", "Anton"])
]  # fmt: skip


def options(**given: str) -> Options:
    return parse_options([(f"${name}", value) for name, value in given.items()])


def page(found: Options = NONE, default: int | None = 100, most: int | None = 999) -> Page:
    return page_of(USERS, found, USER, default, most)


def ids(found: Page) -> str:
    return "".join(row["id"] for row in found.rows)


def test_every_option_is_honoured_together() -> None:
    found = page(
        options(filter="accountEnabled eq true", orderby="displayName desc", select="mail", top="2", count="true")
    )
    assert found.rows == [{"id": "0", "mail": "carl@example.org"}, {"id": "2", "mail": "bob@example.org"}]
    assert found.count == 3
    assert found.cursor is not None


def test_without_options_all_are_there_in_their_order_and_nothing_is_counted() -> None:
    found = page()
    assert (ids(found), found.cursor, found.count) == ("01234", None, None)
    assert "_ours" not in found.rows[0]


@pytest.mark.parametrize("name", ["bogus", "_ours"])
def test_a_search_in_a_property_that_there_is_not_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match=f"a property of user instead of '{name}'"):
        page(options(search=f'"displayName:a" OR "{name}:x"'))


def test_pages_are_followed_to_the_end() -> None:
    asked = options(orderby="displayName", top="2")
    first = page(asked)
    second = page(replace(asked, cursor=first.cursor))
    third = page(replace(asked, cursor=second.cursor))
    assert (ids(first), ids(second), ids(third), third.cursor) == ("14", "20", "3", None)


@pytest.mark.parametrize(
    ("given", "default", "most", "expected"),
    [
        (NONE, 2, 999, "01"),
        (NONE, None, None, "01234"),
        (options(top="3"), 2, 999, "012"),
        (options(top="4"), 2, 3, "012"),
        (replace(NONE, page_size=3), 2, 999, "012"),
        (replace(options(top="4"), page_size=3), 2, 999, "012"),
        (options(skip="3"), 100, 999, "34"),
        (options(skip="9"), 100, 999, ""),
        (options(top="0"), 100, 999, ""),
    ],
)
def test_a_page_is_as_large_as_was_asked_for_and_may_be(
    given: Options, default: int | None, most: int | None, expected: str
) -> None:
    assert ids(page(given, default, most)) == expected


def test_a_page_of_nothing_leads_nowhere() -> None:
    assert page(options(top="0")).cursor is None


def test_a_search_is_that_of_directories() -> None:
    assert ids(page(options(search='"displayName:an"'))) == "14"
    assert ids(page(options(search='"mail:carl" OR "displayName:dora"'))) == "03"


@pytest.mark.parametrize("cursor", ["", "place-", "place--1", "place-x", "1", "place-²", "x" * 50])
def test_a_cursor_that_is_not_ours_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid, match="skiptoken"):
        page(replace(NONE, cursor=cursor))


def test_names_are_checked_even_when_the_list_is_empty() -> None:
    for asked in (options(select="nme"), options(filter="nme eq 1"), options(orderby="nme")):
        with pytest.raises(UnknownProperty):
            page_of([], asked, USER, 100, 999)


@pytest.mark.parametrize(
    "given",
    [
        {"filter": "toRecipients/any(r:r/emailAddress/address eq 'x')"},
        {"filter": "singleValueExtendedProperties/any(e:e/id eq 'x' and e/value eq 'y')"},
        {"filter": "toRecipients/emailAddress/address eq 'x'"},
        {"filter": "microsoft.graph.eventMessage/meetingMessageType eq 'none' and meetingMessageType ne null"},
        {"filter": "isof(microsoft.graph.eventMessage) and cast(subject, Edm.String) eq 'x'"},
        {"filter": "categories/$count gt 1 and categories/any(c:c eq subject) and $it/isRead"},
        {"filter": "ext1_course eq 'x'"},
        {"select": "*,Subject,body/content,microsoft.graph.eventMessage/event"},
        {"orderby": "RECEIVEDdatetime desc,from/emailAddress/name"},
        {"expand": "attachments($select=name;$filter=size gt 1),event($select=subject),extensions"},
        {"expand": "*"},
    ],
)
def test_names_of_the_type_pass(given: dict[str, str]) -> None:
    check_options(options(**given), MESSAGE)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"filter": "toRecipients/any(r:r/emailAddress/mail eq 'x')"}, "mail"),
        ({"filter": "not (isRed eq true)"}, "isRed"),
        ({"filter": "categories/any(c:c/name eq 'x')"}, "name"),
        ({"filter": "contains(subject/text,'x')"}, "text"),
        ({"filter": "a/any(x:x eq 1)"}, "a"),
        ({"filter": "_ours eq 1"}, "_ours"),
        ({"filter": "toRecipients/any(r:_ours eq 1)"}, "_ours"),
        ({"filter": "cast(subjct, Edm.String) eq 'x'"}, "subjct"),
        ({"filter": "1 add sze in (1)"}, "sze"),
        ({"orderby": "from/address"}, "address"),
        ({"select": "id,foo"}, "foo"),
        ({"expand": "atachments"}, "atachments"),
        ({"expand": "attachments($select=nme)"}, "nme"),
    ],
)
def test_an_unknown_name_is_told(given: dict[str, str], name: str) -> None:
    with pytest.raises(UnknownProperty) as caught:
        check_options(options(**given), MESSAGE)
    assert caught.value.name == name


@given(st.integers(1, 4), st.sampled_from(["displayName", "mail desc", "accountEnabled,displayName desc"]))
def test_pages_together_are_the_whole_list(size: int, orderby: str) -> None:
    whole = ids(page(options(orderby=orderby)))
    asked, found = options(orderby=orderby, top=str(size)), ""
    for _ in USERS:
        step = page(asked)
        found += ids(step)
        if step.cursor is None:
            break
        asked = replace(asked, cursor=step.cursor)
    assert found == whole


@given(st.text(max_size=20))
def test_any_search_is_answered_or_refused(text: str) -> None:
    with suppress(Invalid):
        assert len(page(options(search=text)).rows) <= len(USERS)
