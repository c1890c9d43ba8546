"""What policies are, and what they say of one message."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.archive.retention.room import BY, DAY_MS, Room, ms

from postroom.archive.instance.audit import Filter
from postroom.archive.instance.periods import UNITS
from postroom.archive.retention.criteria import Criteria, checked_query, folders_in, reads_content
from postroom.archive.retention.policies import (
    REFERENCES,
    Policy,
    due_at_ms,
    is_due,
    overall,
    protected_until_ms,
    sound_ms,
)
from postroom.archive.search.query import And, HasAttachment, Node, Or, Text, parse
from postroom.errors import Invalid

TEN_YEARS = Policy("Ten years", 10, "year")
MONTH = Policy("A month", 1, "month", deletes=True)
ARCHIVED = ms(2026, 3, 1)

POLICIES = st.builds(
    Policy,
    st.just("P"),
    st.integers(1, 200),
    st.sampled_from(UNITS),
    st.sampled_from(REFERENCES),
    st.booleans(),
    year_end=st.booleans(),
)
TIMES = st.integers(ms(1970, 1, 1), ms(2200, 1, 1))


def test_the_latest_minimum_and_the_latest_maximum_win() -> None:
    week = Policy("A week", 7, "day", deletes=True)
    assert due_at_ms([week, MONTH], ARCHIVED, None) == ms(2026, 4, 1)
    assert protected_until_ms([week, MONTH, TEN_YEARS], ARCHIVED, None) == ms(2036, 3, 1)
    assert due_at_ms([TEN_YEARS], ARCHIVED, None) is None
    assert protected_until_ms([], ARCHIVED, None) is None
    assert not is_due([MONTH, TEN_YEARS], ARCHIVED, None, ms(2036, 2, 29))
    assert is_due([MONTH, TEN_YEARS], ARCHIVED, None, ms(2036, 3, 1))


@given(st.lists(POLICIES, max_size=5), POLICIES, TIMES, TIMES | st.none(), TIMES)
def test_one_more_policy_never_shortens_the_protection(
    policies: list[Policy], another: Policy, archived: int, dated: int | None, now: int
) -> None:
    before = protected_until_ms(policies, archived, dated)
    after = protected_until_ms([*policies, another], archived, dated)
    assert after is not None
    assert before is None or after >= before
    if not another.deletes and is_due([*policies, another], archived, dated, now):
        assert is_due(policies, archived, dated, now)


@given(st.lists(POLICIES, max_size=5), TIMES, TIMES | st.none(), TIMES, TIMES)
def test_what_is_due_stays_due_and_nothing_else_is(
    policies: list[Policy], archived: int, dated: int | None, now: int, later: int
) -> None:
    over = all(policy.end_ms(archived, dated) <= now for policy in policies)
    assert is_due(policies, archived, dated, now) == (over and any(policy.deletes for policy in policies))
    if later >= now and is_due(policies, archived, dated, now):
        assert is_due(policies, archived, dated, later)


@given(POLICIES, TIMES, TIMES | st.none(), TIMES)
def test_a_policy_ends_for_a_message_as_it_does_for_many(
    policy: Policy, archived: int, dated: int | None, now: int
) -> None:
    over = policy.reference_ms(archived, dated) <= policy.newest_over_ms(now)
    assert over == (policy.end_ms(archived, dated) <= now)


def test_a_date_that_cannot_be_true_is_that_of_archiving() -> None:
    assert sound_ms(ARCHIVED, ms(2020, 1, 1)) == ms(2020, 1, 1)
    for wrong in (None, 0, ms(1980, 1, 1), ARCHIVED + 1, ms(2099, 1, 1)):
        assert sound_ms(ARCHIVED, wrong) == ARCHIVED
    dated = replace(MONTH, reference="MessageDate")
    assert dated.end_ms(ARCHIVED, ms(2020, 1, 31)) == ms(2020, 3, 1)
    assert MONTH.end_ms(ARCHIVED, ms(2020, 1, 31)) == ms(2026, 4, 1)


def test_the_global_retention_time_is_a_policy_that_only_protects() -> None:
    (policy,) = overall(10)
    assert (policy.deletes, policy.criteria, policy.reference) == (False, None, "ArchiveDate")
    assert policy.end_ms(ARCHIVED, ms(2000, 1, 1)) == ms(2036, 3, 1)
    assert overall(0) == ()


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        (replace(MONTH, name=" "), "name"),
        (replace(MONTH, name="a\nb"), "name"),
        (replace(MONTH, period=0), "period"),
        (replace(MONTH, period=12_001), "period"),
        (replace(MONTH, unit="week"), "unit"),  # type: ignore[arg-type]
        (replace(MONTH, reference="Today"), "reference"),  # type: ignore[arg-type]
        (replace(MONTH, criteria=Criteria(query="(")), "query"),
        (replace(MONTH, criteria=Criteria(query="x" * 70)), "query"),
        (replace(MONTH, criteria=Criteria(fields=("subject", "flags"))), "fields"),
        (replace(MONTH, criteria=Criteria(sender="--")), "sender"),
        (replace(MONTH, criteria=Criteria(recipient="")), "recipient"),
        (replace(MONTH, criteria=Criteria(excluded=("a/b",))), "excluded"),
    ],
)
def test_a_policy_that_cannot_be_is_refused_and_the_field_named(room: Room, policy: Policy, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        room.archive.retention.policies.replace([TEN_YEARS, policy], BY)
    assert refused.value.field == field
    assert room.archive.retention.policies.all() == ()


def test_a_list_replaces_the_one_before_and_keeps_ids_order_and_every_field(room: Room) -> None:
    policies = room.archive.retention.policies
    criteria = Criteria("CV", ("subject", "body"), "bob", "jobs@example.com", ("legal",))
    full = Policy("Applications", 180, "day", "MessageDate", True, criteria, enabled=False, year_end=True)
    first, second = policies.replace([full, TEN_YEARS], BY)
    assert (replace(first, id=0), replace(second, id=0)) == (full, TEN_YEARS)
    longer = replace(second, period=12)
    third = policies.replace([longer, MONTH, first], BY)
    assert [policy.id for policy in third][::2] == [second.id, first.id]
    assert third[1].id not in (0, first.id, second.id)
    assert policies.all() == third
    assert policies.replace([replace(MONTH, id=9_999)], BY)[0].id != 9_999


def test_a_list_names_each_policy_once(room: Room) -> None:
    policies = room.archive.retention.policies
    (kept,) = policies.replace([MONTH], BY)
    with pytest.raises(Invalid, match="name"):
        policies.replace([MONTH, replace(TEN_YEARS, name="a MONTH")], BY)
    with pytest.raises(Invalid, match="id"):
        policies.replace([kept, replace(TEN_YEARS, id=kept.id)], BY)
    assert policies.all() == (kept,)


def test_a_change_is_in_the_audit_log_as_it_was_and_is(room: Room) -> None:
    room.archive.retention.policies.replace([MONTH], BY)
    (entry,) = room.archive.instance.audit.entries(Filter(events=["RetentionUpdate"]))
    assert entry.details["before"] == []
    assert entry.details["now"][0]["name"] == "A month"


def nodes(query: str, **more: object) -> Node | None:
    return Criteria(query, **more).node(0)  # type: ignore[arg-type]


def test_all_given_criteria_must_match() -> None:
    whole = Criteria("CV offer", ("subject",), "bob", "jobs@example.com").node(0)
    assert whole == And((
        Text("subject", "CV"), Text("subject", "offer"), Text("from", "bob"),
        Or(tuple(Text(field, "jobs@example.com") for field in ("to", "cc", "bcc"))),
    ))  # fmt: skip
    assert Criteria().node(0) is None
    assert Criteria(query=" ", excluded=("a",)).node(0) is None


def test_words_are_looked_for_in_the_chosen_fields_and_those_with_a_field_of_their_own_there() -> None:
    assert nodes("CV", fields=("attachmentNames", "attachmentContents")) == Or(
        (Text("filename", "CV"), Text("attachment", "CV"))
    )
    assert nodes("to:bob -(x or has:attachment)", fields=("body",)) == parse("to:bob -(body:x or has:attachment)")
    assert nodes("CV") == Text(None, "CV")


def test_what_needs_the_content_is_known() -> None:
    for query in ("a", "subject:a body:b", "-attachment:a", "has:attachment", "subject:a or filename:x"):
        assert reads_content(parse(query))
    for query in ("subject:a", "from:a to:b -cc:c", "date:2024", "folder:x", "*"):
        assert not reads_content(parse(query))
    assert folders_in(parse("folder:a (b or -folder:c)")) == ["a", "c"]
    assert checked_query("has:attachment") == HasAttachment()


def test_days_in_a_query_are_those_of_utc() -> None:
    noon_s = (ARCHIVED + DAY_MS // 2) / 1000
    assert Criteria("date:today").node(noon_s) == parse("date:2026-03-01")
