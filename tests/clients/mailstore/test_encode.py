"""Arguments to form fields, answers to objects."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailstore import encode
from mailstore.contract import SERVER
from mailstore.errors import MailStoreAnswerError

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
ITEMS = st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters=","), min_size=1))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (11, "11"),
        ("", ""),
        ("true", "true"),
        (["read", "write"], "read,write"),
        (("a",), "a"),
        ([], ""),
        ([1, 2], "1,2"),
        (datetime(2026, 3, 2, 8, 40, 11, 999), "2026-03-02T08:40:11"),
        (date(2026, 3, 2), "2026-03-02T00:00:00"),
        (Path("/srv/x"), "/srv/x"),
    ],
)
def test_value_has_one_form_on_the_wire(value: object, text: str) -> None:
    assert encode.form({"x": value}, {}) == {"x": text}


def test_none_is_left_out_and_falsy_values_are_not() -> None:
    assert encode.form({"a": None, "b": 0, "c": False, "d": ""}, {}) == {"b": "0", "c": "false", "d": ""}


def test_json_parameter_tells_a_list_from_a_list_of_names() -> None:
    types = encode.types(SERVER["SetRetentionPolicies"])
    assert encode.form({"config": []}, types) == {"config": "[]"}
    assert encode.form({"config": '[{"name": "x"}]'}, types) == {"config": '[{"name": "x"}]'}
    assert json.loads(encode.form({"config": ({"name": n} for n in "ab")}, types)["config"]) == [
        {"name": "a"},
        {"name": "b"},
    ]


def test_objects_become_json_though_the_function_is_unknown() -> None:
    assert json.loads(encode.form({"x": {"a": None}}, {})["x"]) == {"a": None}
    assert json.loads(encode.form({"x": [{"a": 1}]}, {})["x"]) == [{"a": 1}]


@pytest.mark.parametrize("value", [["Fox, Anna", "b"], datetime(2026, 3, 2, tzinfo=UTC)])
def test_value_that_the_server_would_misread_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"^x: "):
        encode.form({"x": value}, {})


@pytest.mark.parametrize("value", [b"bytes", object()])
def test_value_without_a_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match=r"^x: "):
        encode.form({"x": value}, {})


@given(ITEMS, JSON)
def test_what_is_encoded_can_be_read_by_the_rules_of_the_api(names: list[str], document: Any) -> None:
    value = [document] if isinstance(document, str) or document is None else document
    fields = encode.form({"names": names, "config": value, "text": "ü&=+ "}, {"config": "json"})
    received = dict(parse_qsl(urlencode(fields), keep_blank_values=True, strict_parsing=True))
    assert received["text"] == "ü&=+ "
    assert received["names"].split(",") == (names or [""])
    assert json.loads(received["config"]) == value


@given(JSON, st.booleans(), st.booleans())
def test_answers_are_read_with_or_without_byte_order_mark_and_escapes(value: Any, bom: bool, ascii_only: bool) -> None:
    body = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8-sig" if bom else "utf-8")
    assert encode.decode(body) == value


@given(st.binary())
def test_whatever_comes_is_read_or_refused_in_one_way(body: bytes) -> None:
    try:
        status = encode.status(body)
    except MailStoreAnswerError:
        return
    assert set(encode.EMPTY) <= set(status)


def test_half_a_surrogate_pair_is_read() -> None:
    assert encode.decode(b'"a\\ud83d"') == "a\ud83d"


def test_nesting_without_end_is_refused() -> None:
    with pytest.raises(MailStoreAnswerError):
        encode.decode(b"[" * 100_000)


def test_status_has_all_keys_and_keeps_what_it_does_not_know() -> None:
    status = encode.status(b'{"antiXsrfToken": "x", "statusCode": "succeeded"}')
    assert status == {**encode.EMPTY, "antiXsrfToken": "x", "statusCode": "succeeded"}


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"3", b'{"other": 1}', b"\xff\xfe"])
def test_what_is_no_status_is_refused(body: bytes) -> None:
    with pytest.raises(MailStoreAnswerError):
        encode.status(body)
