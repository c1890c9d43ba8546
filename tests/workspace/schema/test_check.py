"""Documents checked against their types: names, values, types that a document names, what is refused."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.errors import Invalid
from postroom.workspace.errors import UnknownProperty
from postroom.workspace.schema.check import checked
from postroom.workspace.schema.types import SCHEMA

MESSAGE, FOLDER, EVENT = (SCHEMA.entity(name) for name in ("message", "mailFolder", "event"))
ATTACHMENT, USER, TASK = (SCHEMA.entity(name) for name in ("attachment", "user", "plannerTask"))


def message(**given: Any) -> dict[str, Any]:
    return checked(MESSAGE, given, partial=True)


def test_names_become_those_of_the_type() -> None:
    given = {"SUBJECT": "x", "from": {"EmailAddress": {"ADDRESS": "a@example.org"}}, "Categories": ["Red"]}
    assert checked(MESSAGE, given, partial=True) == {
        "subject": "x",
        "from": {"emailAddress": {"address": "a@example.org"}},
        "categories": ["Red"],
    }


def test_enums_are_written_as_the_type_has_them() -> None:
    assert message(importance="HIGH", body={"contentType": "Html", "content": ""}) == {
        "importance": "high",
        "body": {"contentType": "html", "content": ""},
    }


def test_instants_are_written_in_utc_and_times_with_seven_digits() -> None:
    assert message(receivedDateTime="2024-01-31T10:00:00.0000000+01:00") == {"receivedDateTime": "2024-01-31T09:00:00Z"}
    assert message(sentDateTime="2024-01-31T10:00:00.25") == {"sentDateTime": "2024-01-31T10:00:00.250000Z"}
    hours = SCHEMA.complex("workingHours")
    assert checked(hours, {"startTime": "08:00"}, partial=True) == {"startTime": "08:00:00.0000000"}


def test_nulls_stay_and_null_lists_become_empty() -> None:
    assert message(subject=None, toRecipients=None, **{"from": None}) == {
        "subject": None,
        "toRecipients": [],
        "from": None,
    }


def test_annotations_are_dropped_but_for_a_type_that_fits() -> None:
    given = {"@odata.type": "#Microsoft.Graph.FileAttachment", "@odata.etag": "x", "name@odata.type": "#String",
             "name": "a.txt", "contentBytes": "aGk"}  # fmt: skip
    assert checked(ATTACHMENT, given, partial=True) == {
        "@odata.type": "#microsoft.graph.fileAttachment",
        "name": "a.txt",
        "contentBytes": "aGk=",
    }


@pytest.mark.parametrize("said", ["#microsoft.graph.message", "#nothing", 7, ["x"]])
def test_a_type_that_does_not_fit_is_refused(said: object) -> None:
    with pytest.raises(Invalid) as caught:
        checked(ATTACHMENT, {"@odata.type": said}, partial=True)
    assert caught.value.field == "@odata.type"


def test_the_properties_of_a_derived_type_need_its_name() -> None:
    with pytest.raises(UnknownProperty):
        checked(ATTACHMENT, {"contentBytes": "aGk="}, partial=True)


def test_navigations_are_checked_too() -> None:
    attachment = {"@odata.type": "#microsoft.graph.fileAttachment", "NAME": "x"}
    assert message(attachments=[attachment])["attachments"][0]["name"] == "x"
    with pytest.raises(Invalid, match="attachments/contentBytes"):
        message(attachments=[attachment | {"contentBytes": "%"}])


def test_read_only_properties_are_left_out() -> None:
    given = {"ID": "x", "changekey": "y", "subject": "z"}
    assert checked(MESSAGE, given, read_only=("id", "changeKey"), partial=True) == {"subject": "z"}


def test_extensions_have_an_underscore_and_other_unknown_names_are_told() -> None:
    assert message(ext12345678_courses={"a": [1]}) == {"ext12345678_courses": {"a": [1]}}
    with pytest.raises(UnknownProperty) as caught:
        message(subjct="x")
    assert (caught.value.name, caught.value.type_name) == ("subjct", "message")
    with pytest.raises(UnknownProperty):
        checked(FOLDER, {"ext_x": 1}, partial=True)
    with pytest.raises(UnknownProperty) as inner:
        message(body={"text": "x"})
    assert inner.value.type_name == "itemBody"
    for name in ("_ours", "received_date_time"):
        with pytest.raises(UnknownProperty):
            message(**{name: None})


def test_open_types_without_names_of_their_own_take_any() -> None:
    fields = SCHEMA.entity("fieldValueSet")
    assert checked(fields, {"Title": "x", "Größe": 1.5}, partial=True) == {"Title": "x", "Größe": 1.5}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"subject": 7}, "subject"),
        ({"subject": "\ud800"}, "subject"),
        ({"isRead": "true"}, "isRead"),
        ({"isRead": 1}, "isRead"),
        ({"importance": "urgent"}, "importance"),
        ({"importance": 1}, "importance"),
        ({"receivedDateTime": "yesterday"}, "receivedDateTime"),
        ({"receivedDateTime": "2024-02-30T10:00:00Z"}, "receivedDateTime"),
        ({"receivedDateTime": "0001-01-01T00:00:00+14:00"}, "receivedDateTime"),
        ({"body": "x"}, "body"),
        ({"body": {"content": 1}}, "body/content"),
        ({"toRecipients": {"emailAddress": {}}}, "toRecipients"),
        ({"toRecipients": [{"emailAddress": {"address": 1}}]}, "toRecipients/emailAddress/address"),
        ({"categories": "Red"}, "categories"),
        ({"categories": ["Red", 1]}, "categories"),
        ({"conversationIndex": "not base64!"}, "conversationIndex"),
        ({"Subject": "a", "subject": "b"}, "subject"),
        ({"ext_x": "\ud800"}, "ext_x"),
    ],
)
def test_a_wrong_value_is_refused_with_its_path(given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        checked(MESSAGE, given, partial=True)
    assert caught.value.field == field


@pytest.mark.parametrize("value", [1.5, True, "1", 2**31, float("nan"), 1e400])
def test_whole_numbers_are_whole_and_within_their_bits(value: object) -> None:
    assert checked(TASK, {"percentComplete": 50.0}, partial=True) == {"percentComplete": 50}
    with pytest.raises(Invalid, match="whole number"):
        checked(TASK, {"percentComplete": value}, partial=True)


def test_what_may_not_be_null_must_be_there_in_a_whole_document_only() -> None:
    note = SCHEMA.entity("fileAttachment")
    checked(note, {}, partial=False)  # numbers and booleans begin as 0 and false
    with pytest.raises(Invalid, match="isInline"):
        checked(note, {"isInline": None}, partial=True)
    needed = [(t, p) for t in SCHEMA.complexes.values() for p in t.properties.values() if p.name == "type"]
    owner = next(t for t, p in needed if not p.nullable and p.type == "Edm.String")
    checked(owner, {}, partial=True)
    with pytest.raises(Invalid, match="expected a value"):
        checked(owner, {}, partial=False)


def test_depth_has_an_end() -> None:
    deep: dict[str, Any] = {}
    for _ in range(5_000):
        deep = {"x": deep}
    with pytest.raises(Invalid, match="levels"):
        message(ext_x=deep)
    item: dict[str, Any] = {}
    for _ in range(5_000):
        item = {"attachments": [{"@odata.type": "#microsoft.graph.itemAttachment",
                                 "item": {"@odata.type": "#microsoft.graph.message", **item}}]}  # fmt: skip
    with pytest.raises(Invalid, match="levels"):
        checked(MESSAGE, item, partial=True)


names = st.sampled_from(
    ["subject", "body", "content", "isRead", "toRecipients", "from", "emailAddress", "@odata.type", "x_y"]
)
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.just("#microsoft.graph.message"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(names, json, max_size=4))
def test_what_is_checked_is_checked_again_to_the_same(given: dict[str, Any]) -> None:
    with suppress(Invalid):
        once = checked(MESSAGE, given, partial=True)
        assert repr(checked(MESSAGE, once, partial=True)) == repr(once)
