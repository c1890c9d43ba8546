"""What of a document is shown: selected paths, what is ours, what is expanded."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.workspace.errors import UnknownProperty
from postroom.workspace.query.options import Options
from postroom.workspace.query.project import Projection, project
from postroom.workspace.query.request import parse_options
from postroom.workspace.schema.types import SCHEMA

TYPE = SCHEMA.entity("message")
FILE = "#microsoft.graph.fileAttachment"
MESSAGE: dict[str, Any] = {
    "@odata.etag": 'W/"1"',
    "id": "m1",
    "subject": "s",
    "from": {"emailAddress": {"name": "Ann", "address": "ann@example.org"}},
    "toRecipients": [{"emailAddress": {"name": "Bob", "address": "bob@example.org"}}],
    "body": {"contentType": "text", "content": "x"},
    "ext1_course": "c",
    "_ours": 1,
    "attachments": [
        {
            "@odata.type": "#microsoft.graph.fileAttachment",
            "id": "a1",
            "name": "b.txt",
            "size": 5,
            "contentBytes": "eA==",
        },
        {
            "@odata.type": "#microsoft.graph.fileAttachment",
            "id": "a2",
            "name": "a.txt",
            "size": 7,
            "contentBytes": "eA==",
        },
    ],
}
MEETING = {"@odata.type": "#microsoft.graph.eventMessageRequest", "id": "m2", "meetingMessageType": "meetingRequest",
           "event": {"id": "e1", "subject": "x"}}  # fmt: skip


def options(**given: str) -> Options:
    return parse_options([(f"${name}", value) for name, value in given.items()])


def shown(document: dict[str, Any] = MESSAGE, **given: str) -> dict[str, Any]:
    return project(document, options(**given), TYPE)


def test_without_a_selection_all_is_shown_but_what_is_ours() -> None:
    assert shown() == {name: value for name, value in MESSAGE.items() if name != "_ours"}
    assert shown(select="*") == shown()


def test_selected_names_are_found_in_any_case_and_the_id_and_the_etag_are_always_shown() -> None:
    assert shown(select="SUBJECT") == {"@odata.etag": 'W/"1"', "id": "m1", "subject": "s"}
    assert project(MESSAGE, options(select="subject"), TYPE, always=()) == {"@odata.etag": 'W/"1"', "subject": "s"}


def test_parts_of_objects_are_selected_by_their_paths() -> None:
    found = shown(select="from/emailAddress/address,toRecipients/emailAddress/name,body/content,body/contentType")
    assert found["from"] == {"emailAddress": {"address": "ann@example.org"}}
    assert found["toRecipients"] == [{"emailAddress": {"name": "Bob"}}]
    assert found["body"] == MESSAGE["body"]
    assert shown(select="from,from/emailAddress/address")["from"] == MESSAGE["from"]


def test_what_a_document_has_not_is_null_or_empty() -> None:
    found = shown(select="webLink,ccRecipients,attachments,meetingMessageType")
    assert (found["webLink"], found["ccRecipients"]) == (None, [])
    assert "meetingMessageType" not in found
    assert shown({"id": "x"}, select="attachments") == {"id": "x"}


def test_extensions_are_selected_and_what_is_ours_is_not() -> None:
    assert shown(select="ext1_course")["ext1_course"] == "c"
    with pytest.raises(UnknownProperty):
        shown(select="_ours")


@pytest.mark.parametrize("path", ["subjct", "from/mail", "body/content/x", "toRecipients/emailAddress/x"])
def test_an_unknown_name_is_told(path: str) -> None:
    with pytest.raises(UnknownProperty) as caught:
        shown(select=path)
    assert caught.value.name == path.split("/")[-1]


def test_properties_of_derived_types_are_selected_with_and_without_a_cast() -> None:
    assert shown(MEETING, select="meetingMessageType")["meetingMessageType"] == "meetingRequest"
    cast = "microsoft.graph.eventMessage/meetingMessageType"
    assert shown(MEETING, select=cast)["meetingMessageType"] == "meetingRequest"
    assert shown(MESSAGE, select=cast) == {"@odata.etag": 'W/"1"', "id": "m1"}


def test_what_is_expanded_is_shown_beside_the_selection_with_its_own_options() -> None:
    found = shown(
        select="subject", expand="attachments($select=name;$orderby=name;$filter=size gt 4;$count=true;$top=1)"
    )
    assert found["subject"] == "s"
    assert found["attachments@odata.count"] == 2
    assert found["attachments"] == [{"@odata.type": FILE, "id": "a2", "name": "a.txt"}]
    assert [row["id"] for row in shown(expand="attachments($skip=1)")["attachments"]] == ["a2"]


def test_the_event_of_a_meeting_message_is_expanded_without_a_cast() -> None:
    for path in ("event", "microsoft.graph.eventMessage/event"):
        assert shown(MEETING, select="subject", expand=f"{path}($select=subject)")["event"] == {
            "id": "e1",
            "subject": "x",
        }


def test_a_navigation_that_was_not_fetched_is_not_shown() -> None:
    assert "attachments" not in shown({"id": "x"}, expand="attachments")
    assert project({"id": "u", "manager": None}, options(expand="manager"), SCHEMA.entity("user"))["manager"] is None


def test_the_link_to_the_content_is_selected_by_both_of_its_names() -> None:
    item, link = SCHEMA.entity("driveItem"), "@microsoft.graph.downloadUrl"
    file = {"id": "f", "name": "x", link: "https://example.org/x"}
    assert project(file, options(), item)[link]
    assert link not in project(file, options(select="name"), item)
    for name in ("content.downloadUrl", link):
        assert project(file, options(select=f"name,{name}"), item)[link]


names = st.sampled_from(
    ["id", "subject", "from", "from/emailAddress", "body/content", "toRecipients", "webLink", "flag"]
)


@given(st.lists(names, min_size=1, max_size=4))
def test_a_selection_of_a_selection_is_the_same(selected: list[str]) -> None:
    once = shown(select=",".join(selected))
    assert shown(once, select=",".join(selected)) == once
    assert {name.split("/")[0] for name in selected} | {"id", "@odata.etag"} == set(once)


def test_documents_of_other_names_or_types_follow_each_other_in_one_projection() -> None:
    projection = Projection(options(select="subject,toRecipients,meetingMessageType").select, TYPE)
    assert projection.of({"id": "1", "subject": "s"}) == {"id": "1", "subject": "s", "toRecipients": []}
    told = projection.of({"toRecipients": [1], "id": "2"})
    assert told == {"id": "2", "subject": None, "toRecipients": [1]}
    assert list(told) == ["id", "subject", "toRecipients"]
    assert projection.of(MEETING)["meetingMessageType"] == "meetingRequest"
    told["toRecipients"].append(2)
    projection.of({"id": "1"})["toRecipients"].append(1)
    assert projection.of({"id": "1"})["toRecipients"] == []


def test_values_that_are_json_text_are_passed_on_as_they_are_and_read_where_a_part_is_selected() -> None:
    text = msgspec.json.decode(msgspec.json.encode(MESSAGE), type=dict[str, msgspec.Raw])
    for select in ("subject,from", "from/emailAddress/address", "body/content,toRecipients", "*"):
        found = project(text, options(select=select), TYPE)
        assert msgspec.json.decode(msgspec.json.encode(found)) == shown(select=select)
