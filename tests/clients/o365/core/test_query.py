"""Queries of both kinds, and what lies in between."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.clients.o365.core.doubles import MockConnection, Thing

from O365 import MSGraphProtocol, MSOffice365Protocol
from O365.utils import ApiComponent, CompositeFilter, Query, QueryBuilder
from O365.utils.query import LogicalFilter, SearchFilter

GRAPH = MSGraphProtocol(timezone="Europe/Berlin")
OUTLOOK = MSOffice365Protocol(timezone="Europe/Berlin")
WHEN = dt.datetime(2018, 5, 20)


def q(attribute: str | None = None) -> Any:
    return ApiComponent(protocol=GRAPH).new_query(attribute)


def filter_of(query: Any) -> str:
    found: str = query.as_params()["$filter"]
    return found


# The builder.


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (q().equals("subject", "x"), "subject eq 'x'"),
        (q().unequal("is_read", True), "isRead ne true"),
        (q().greater("size", 3), "size gt 3"),
        (q().greater_equal("created_date_time", WHEN), "createdDateTime ge 2018-05-20T00:00:00+02:00"),
        (q().less("createdDateTime", dt.date(2018, 5, 20)), "createdDateTime lt 2018-05-20"),
        (q().less_equal("created", dt.datetime(2018, 5, 20, tzinfo=dt.UTC)), "created le 2018-05-20T00:00:00+00:00"),
        (q().equals("categories", None), "categories eq null"),
        (q().contains("body", "x"), "contains(body/content, 'x')"),
        (q().startswith("from", "a"), "startswith(from/emailAddress/address, 'a')"),
        (q().endswith("mail", "b"), "endswith(mail, 'b')"),
        (q().equals("flag", "flagged"), "flag/flagStatus eq 'flagged'"),
        (q().equals("flag/flag_status", "flagged"), "flag/flagStatus eq 'flagged'"),
        (q().negate(q().contains("subject", "x")), "not contains(subject, 'x')"),
        (q().negate(q().equals("subject", "x")), "not (subject eq 'x')"),
        (q().group(q().equals("a", 1)), "(a eq 1)"),
        (q().chain_or(q().equals("a", 1), q().equals("b", 2), group=True), "(a eq 1 or b eq 2)"),
        (q().any("to", q().equals("email_address/address", "x")), "toRecipients/any(a: a/emailAddress/address eq 'x')"),
        (q().all("categories", q().equals("", "x"), item_name="c"), "categories/all(c: c eq 'x')"),
    ],
)
def test_a_condition_is_written_as_odata_wants_it(query: CompositeFilter, text: str) -> None:
    assert query.as_params() == {"$filter": text}


@given(st.text())
def test_quotes_in_words_are_doubled(word: str) -> None:
    text = filter_of(q().equals("subject", word))
    assert text == filter_of(q("subject").equals(word))
    inside = text.removeprefix("subject eq '").removesuffix("'")
    assert inside.replace("''", "'") == word
    assert inside.count("'") == 2 * word.count("'")


def test_times_of_pairs_with_a_zone_are_strings_in_utc() -> None:
    query = q().greater_equal("start", WHEN) & q().less_equal("due", WHEN)
    assert filter_of(query) == (
        "start/dateTime ge '2018-05-19T22:00:00' and dueDateTime/dateTime le '2018-05-19T22:00:00'"
    )


def test_an_or_inside_an_and_keeps_its_meaning() -> None:
    a, b, c = (q().equals(name, 1) for name in "abc")
    assert filter_of((b | c) & a) == "(b eq 1 or c eq 1) and a eq 1"
    assert filter_of(a | b & c) == "a eq 1 or (b eq 1 and c eq 1)"
    assert filter_of(a & b & c) == "a eq 1 and b eq 1 and c eq 1"
    assert filter_of(q().group(b | c) & a) == "(b eq 1 or c eq 1) and a eq 1"


def test_parts_of_all_kinds_are_joined() -> None:
    query = q().equals("a", 1) & q().select("is_read", "subject") & q().select("subject", "size")
    query &= q().orderby("subject", ("received_date_time", False)) & q().expand("attachments", q().select("name"))
    assert query.as_params() == {
        "$filter": "a eq 1",
        "$orderby": "subject,receivedDateTime desc",
        "$expand": "attachments($select=name)",
        "$select": "isRead,subject,size",
    }
    assert (query.has_filters, query.has_selects, query.has_expands, query.has_order_by) == (True,) * 4
    assert (query.has_search, query.has_only_filters) == (False, False)
    assert "Select: isRead,subject,size" in query.render().splitlines()
    query.clear_filters()
    assert not query.has_filters


def test_nothing_joined_is_the_query_itself() -> None:
    query = q().equals("a", 1)
    assert (query & None) is query


@pytest.mark.parametrize("other", [q().equals("a", 1), q().orderby("a")])
def test_a_search_goes_with_no_filter_and_no_order(other: CompositeFilter) -> None:
    with pytest.raises(ValueError, match="search"):
        q().search("x") & other
    with pytest.raises(ValueError, match="search"):
        other & q().search("x")


def test_only_filters_are_alternatives() -> None:
    with pytest.raises(RuntimeError):
        q().equals("a", 1) | q().select("b")
    with pytest.raises(RuntimeError):
        SearchFilter("x") | LogicalFilter("eq", "a", "1")


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (q().search("george best"), '"george best"'),
        (q().search("x", "subject"), '"subject:x"'),
        (q().search(3), '"3"'),
        (q().search(True, "has_attachments"), '"hasAttachments:true"'),
        (q().search('say "x" \\ y'), '"say \\"x\\" \\\\ y"'),
    ],
)
def test_what_is_searched_stands_in_double_quotes_and_no_others(query: Any, text: str) -> None:
    assert query.as_params() == {"$search": text}


def test_what_only_event_messages_have_carries_their_type() -> None:
    assert q().select("meeting_message_type").as_params() == {
        "$select": "microsoft.graph.eventMessage/meetingMessageType"
    }
    assert q().expand("event").as_params() == {"$expand": "microsoft.graph.eventMessage/event"}


def test_the_word_of_a_condition_is_found_by_its_attribute() -> None:
    query = q().equals("a", 1) & q().group(q().greater("start", WHEN) | q().contains("subject", "x"))
    assert query.get_filter_by_attribute("start/") == "'2018-05-19T22:00:00'"
    assert query.get_filter_by_attribute("Subject") == "'x'"
    assert query.get_filter_by_attribute("other") is None


def test_outlook_names_are_in_pascal_case() -> None:
    query = ApiComponent(protocol=OUTLOOK).q()
    assert filter_of(query.equals("to", "x")) == "ToRecipients/EmailAddress/Address eq 'x'"
    assert query.select("is_read").as_params() == {"$select": "IsRead"}


def test_a_builder_is_made_of_a_protocol_or_its_class() -> None:
    assert filter_of(QueryBuilder(MSGraphProtocol).equals("is_read", True)) == "isRead eq true"
    assert filter_of(QueryBuilder(GRAPH).equals("is_read", True)) == "isRead eq true"


# The chain.


def test_a_chain_is_written_as_the_readme_shows() -> None:
    query = q().on_attribute("subject").contains("george best").chain("or").startswith("quotes")
    query = query.chain("and").on_attribute("created_date_time").greater(dt.datetime(2018, 3, 21))
    assert str(query) == (
        "contains(subject, 'george best') or startswith(subject, 'quotes') "
        "and createdDateTime gt 2018-03-21T00:00:00+01:00"
    )


def test_a_query_begins_on_an_attribute_and_is_changed_by_statements() -> None:
    query = q("display_name")
    query.startswith("George Best")
    assert query.as_params() == {"$filter": "startswith(displayName, 'George Best')"}


def test_a_chain_may_be_of_statements() -> None:
    query = q("start").greater_equal(WHEN)
    query.chain("and").on_attribute("end").less_equal(WHEN)
    assert filter_of(query) == "start/dateTime ge '2018-05-19T22:00:00' and end/dateTime le '2018-05-19T22:00:00'"
    assert query.get_filter_by_attribute("end/") == "'2018-05-19T22:00:00'"


def test_groups_negations_and_orders_of_a_chain() -> None:
    query = q("a").open_group().equals(1).chain("or").equals(2).close_group().new("b").negate().contains("x")
    query.order_by("received_date_time", ascending=False).order_by("a")
    assert query.as_params() == {
        "$filter": "(a eq 1 or a eq 2) and not contains(b, 'x')",
        "$orderby": "receivedDateTime desc,a",
    }
    assert (query.has_filters, query.has_order, query.has_selects, query.has_expands) == (True, True, False, False)


def test_a_group_that_was_left_open_is_closed() -> None:
    assert filter_of(q("a").open_group().equals(1)) == "(a eq 1)"
    with pytest.raises(RuntimeError, match="no group"):
        q("a").equals(1).close_group()


def test_removing_conditions_keeps_the_parentheses_balanced() -> None:
    query = q("a").open_group().equals(1).chain("or").on_attribute("b").equals(2).close_group().new("c").equals(3)
    assert filter_of(query) == "(a eq 1 or b eq 2) and c eq 3"
    query.remove_filter("a")
    assert filter_of(query) == "(b eq 2) and c eq 3"
    query.remove_filter("b")
    assert filter_of(query) == "c eq 3"
    assert query.remove_filter("c").as_params() == {}


def test_conditions_on_collections_in_a_chain() -> None:
    query = q().any(collection="email_addresses", attribute="address", word="g@b.test")
    query.all(collection="categories", word="x", func="startswith", negation=True)
    query.any(collection="to", attribute="email_address/address", word="y", operation="unequal")
    assert filter_of(query) == (
        "emailAddresses/any(a:a/address eq 'g@b.test') and categories/all(a:not startswith(a, 'x'))"
        " and toRecipients/any(a:a/emailAddress/address ne 'y')"
    )
    with pytest.raises(ValueError, match="not both"):
        q().any(collection="a", word=1, func="contains", operation="equals")


def test_a_search_in_a_chain_clears_filters_and_orders() -> None:
    query = q("a").equals(1).order_by("a").search("boss")
    assert query.as_params() == {"$search": '"boss"'}
    assert query.equals(2).as_params() == {"$filter": "a eq 2"}


def test_what_is_selected_beside_an_expansion_in_a_chain_is_of_the_expanded() -> None:
    assert Query(protocol=GRAPH).expand("fields").select("a_b").as_params() == {"$expand": "fields($select=aB)"}


def test_columns_of_lists_keep_their_names() -> None:
    assert filter_of(q().on_list_field("My_Column").equals("x")) == "fields/My_Column eq 'x'"


def test_clearing() -> None:
    query = q("a").equals(1).order_by("a").select("b")
    assert query.clear_filters().as_params() == {"$orderby": "a", "$select": "b"}
    assert query.clear_order().as_params() == {"$select": "b"}
    assert query.clear().as_params() == {}


def test_a_condition_needs_an_attribute() -> None:
    with pytest.raises(ValueError, match="on_attribute"):
        q().equals("x")
    with pytest.raises(ValueError, match="operation"):
        q("a").chain("xor")


# Both at once.


def test_a_new_query_is_a_builder_and_what_it_makes_is_composite() -> None:
    query = Thing(con=MockConnection(), protocol=GRAPH).new_query()
    assert isinstance(query, QueryBuilder)
    assert isinstance(query, Query)
    assert isinstance(query.equals("a", 1), CompositeFilter)
    assert isinstance(query.select("a"), CompositeFilter)


def test_parts_leave_the_builder_alone() -> None:
    query = q()
    first, second = query.select("a"), query.select("b")
    assert (first.as_params(), second.as_params()) == ({"$select": "a"}, {"$select": "b"})
    assert (query.expand("x", query.select("y")) & query.select("z")).as_params() == {
        "$expand": "x($select=y)",
        "$select": "z",
    }
    assert "$filter" not in query.as_params()


def test_statements_on_a_query_change_it() -> None:
    query = q()
    query.select("a")
    query.on_attribute("b").equals(1)
    assert query.as_params() == {"$filter": "b eq 1", "$select": "a"}


def test_a_chain_may_begin_with_a_selection() -> None:
    query = q()
    query.select("a").on_attribute("b").equals(1)
    assert query.as_params() == {"$filter": "b eq 1", "$select": "a"}
    assert q().select("a").order_by("b").select("c").as_params() == {"$orderby": "b", "$select": "a,c"}


def test_a_part_that_lost_its_query_goes_on_alone() -> None:
    query = q()
    first = query.select("a")
    query.select("b")
    assert first.on_attribute("c").equals(1).as_params() == {"$filter": "c eq 1", "$select": "a"}
    assert query.as_params() == {"$select": "a,b"}


def test_a_chain_is_a_part_of_a_builders_query() -> None:
    chain = q("a").equals(1).chain("or").equals(2).order_by("b", ascending=False)
    query = chain & q().select("c") & q().equals("d", 3)
    assert query.as_params() == {"$filter": "(a eq 1 or a eq 2) and d eq 3", "$orderby": "b desc", "$select": "c"}
    assert filter_of(q("a").equals(1) | q().equals("b", 2)) == "a eq 1 or b eq 2"
    assert query.get_filter_by_attribute("a") == "1"


def test_a_search_of_a_new_query_goes_to_a_list_as_it_is() -> None:
    assert q().search("george best is da boss").as_params() == {"$search": '"george best is da boss"'}
