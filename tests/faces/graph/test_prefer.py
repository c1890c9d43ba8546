from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from postroom.faces.graph.prefer import NO_PREFERENCE, Prefer, parse


def test_preferences_stand_in_one_list_in_any_case() -> None:
    zone = 'Outlook.TimeZone="W. Europe Standard Time"'
    assert parse(zone + ', outlook.body-content-type=text,IDTYPE="ImmutableId"; return=minimal') == Prefer(
        timezone="W. Europe Standard Time",
        body_type="text",
        immutable_ids=True,
        representation=False,
        applied=(
            'Outlook.TimeZone="W. Europe Standard Time"',
            "outlook.body-content-type=text",
            'IDTYPE="ImmutableId"',
            "return=minimal",
        ),
    )


def test_what_is_not_understood_is_kept_and_not_said_to_be_applied() -> None:
    found = parse("respond-async, create-if-missing, odata.maxpagesize=7")
    assert set(found.others) == {"respond-async", "create-if-missing"}
    assert found.page_size == 7
    assert found.applied == ("odata.maxpagesize=7",)


def test_page_sizes_that_are_none_are_no_preference() -> None:
    assert [parse(f"odata.maxpagesize={text}").page_size for text in ("0", "-1", "x", "", "9" * 30)] == [None] * 5


@given(st.text())
def test_any_header_is_read(text: str) -> None:
    assert isinstance(parse(text), Prefer)


def test_no_header_is_no_preference() -> None:
    assert parse("") is NO_PREFERENCE
