"""Lists that come in pages."""

from __future__ import annotations

import weakref
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.clients.o365.core.doubles import MockConnection, MockResponse, Thing, page

from O365 import MSGraphProtocol
from O365._paging import KEPT, listed
from O365.utils import Pagination

PROTOCOL = MSGraphProtocol(timezone="UTC")


def thing(*answers: Any) -> Thing:
    return Thing(con=MockConnection(list(answers)), protocol=PROTOCOL)


def paged(sizes: list[int], limit: int | None = None) -> Pagination[Any]:
    """A list whose pages have these sizes; its rows are numbers."""
    rows = iter(range(sum(sizes)))
    pages = [[next(rows) for _ in range(size)] for size in sizes]
    links: list[str | None] = [f"p{number}" for number in range(1, len(sizes))]
    answers = [page(*content, following=link) for content, link in zip(pages[1:], [*links[1:], None], strict=False)]
    first = links[0] if links else None
    return Pagination(parent=thing(*answers), data=pages[0], constructor=None, next_link=first, limit=limit)


def test_a_list_goes_on_with_the_next_page() -> None:
    found = paged([3, 2, 1])
    assert list(found) == [0, 1, 2, 3, 4, 5]
    assert found.con.urls == ["p1", "p2"]


def test_the_next_page_is_asked_for_when_one_of_its_items_is_wanted() -> None:
    found = paged([3, 2])
    assert [next(found) for _ in range(3)] == [0, 1, 2]
    assert found.con.urls == []
    assert next(found) == 3


def test_no_more_than_the_limit_comes() -> None:
    found = paged([3, 3, 3], limit=5)
    assert list(found) == [0, 1, 2, 3, 4]
    assert found.con.urls == ["p1"]
    assert list(paged([3, 3], limit=3)) == [0, 1, 2]


def test_an_empty_page_with_a_next_link_does_not_end_the_list() -> None:
    assert list(paged([2, 0, 0, 2])) == [0, 1, 2, 3]
    assert list(paged([0, 1])) == [0]


def test_a_list_may_end_with_an_empty_page() -> None:
    found = paged([2, 0])
    assert list(found) == [0, 1]
    assert list(found) == []
    assert found.con.urls == ["p1"]


def test_a_list_indexes_what_was_asked_for() -> None:
    found = paged([2, 2, 2], limit=5)
    assert found[0] == 0
    assert found.con.urls == []
    assert found[3] == 3
    assert found.con.urls == ["p1"]
    assert found[-1] == 4
    with pytest.raises(IndexError):
        found[5]


def test_a_list_slices_what_was_asked_for() -> None:
    found = paged([2, 2, 2])
    assert found[:2] == [0, 1]
    assert found.con.urls == []
    assert found[1:4] == [1, 2, 3]
    assert found[::2] == [0, 2, 4]
    assert found[-2:] == [4, 5]
    assert found[3:1:-1] == [3, 2]


def test_an_index_does_not_move_the_iterator() -> None:
    found = paged([2, 2, 2])
    assert next(found) == 0
    assert found[4] == 4
    assert list(found) == [1, 2, 3, 4, 5]
    assert found[0] == 0
    assert found.con.urls == ["p1", "p2"]


@given(st.lists(st.integers(0, 4), min_size=1, max_size=6), st.none() | st.integers(1, 30), st.data())
def test_every_way_to_read_a_list_sees_the_same(sizes: list[int], limit: int | None, data: st.DataObject) -> None:
    expected = list(range(sum(sizes)))[:limit]
    found, seen = paged(sizes, limit), list[int]()
    for step in data.draw(st.lists(st.integers(-1, max(len(expected) - 1, 0)), max_size=8)):
        if step >= 0 and expected:
            assert found[step] == expected[step]
        elif len(seen) < len(expected):
            seen.append(next(found))
    assert seen + list(found) == expected
    assert found[:] == expected


def test_memory_stays_flat_behind_many_items_and_an_index_still_works() -> None:
    size = KEPT // 2
    found = paged([size] * 4)
    for _ in range(3 * size):
        next(found)
    assert len(found._head) == KEPT
    rows = found.con.answers
    found.con.answers = [page(*range(2 * size, 3 * size), following="p3"), *rows]
    assert found[2 * size] == 2 * size
    assert next(found) == 3 * size


def test_an_item_is_made_when_it_is_wanted() -> None:
    parent = thing(page(*range(5), following="p1"), page(*range(5, 9)))
    made: list[int] = []

    def kind(row: int) -> type[Thing]:
        made.append(row)
        return Thing

    found = listed(parent, "/things", constructor=kind, limit=8)
    assert made == []
    assert [next(found).cloud for _ in range(3)] == made == [0, 1, 2]


def test_the_iterator_and_an_index_have_the_same_item() -> None:
    parent = thing(page(*range(3), following="p1"), page(*range(3, 6)))
    found = listed(parent, "/things", constructor=Thing, limit=6)
    (first, *others) = found
    assert found[0] is first
    assert all(one is another for one, another in zip(others, found[1:], strict=True))


def test_what_lies_behind_many_items_leaves_memory_with_whoever_had_it() -> None:
    parent = thing(page(*range(KEPT), following="p1"), page(*range(KEPT, KEPT + 5)))
    found = listed(parent, "/things", constructor=Thing, most=KEPT)
    item = next(one for one in found if one.cloud == KEPT)
    gone = weakref.ref(item)
    del item
    assert gone() is None
    assert [one.cloud for one in found.data] == list(range(KEPT, KEPT + 5))


def test_a_list_that_was_read_is_still_not_empty() -> None:
    for found in (paged([3, 2], limit=4), paged([3, 2]), paged([2])):
        assert list(found)
        assert found


def test_what_the_original_names_is_there() -> None:
    found = paged([3, 2], limit=4)
    assert (found.data_count, found.total_count, found.limit, found.next_link) == (3, 3, 4, "p1")
    assert bool(found)
    assert not Pagination(parent=thing(), data=[])
    assert repr(Pagination(parent=thing(), data=[1], constructor=Thing)) == "'Thing' Iterator"
    with pytest.raises(ValueError, match="parent"):
        Pagination(data=[])


def test_items_are_made_by_their_class_with_the_parent_and_the_extras() -> None:
    parent = thing(page({"id": "2"}))
    found = Pagination[Any](parent=parent, data=[], constructor=Thing, next_link="p1", extra="x")
    (item,) = found
    assert (item.cloud, item.extra, item.con) == ({"id": "2"}, "x", parent.con)


def test_a_function_says_which_class_a_row_is() -> None:
    class Other(Thing):
        pass

    parent = thing(page({"folder": {}}, {"file": {}}))
    found = Pagination[Any](
        parent=parent, data=[], constructor=lambda row: Other if "folder" in row else Thing, next_link="p1"
    )
    assert [type(item) for item in found] == [Other, Thing]


def test_an_error_answer_ends_the_list() -> None:
    found = Pagination[Any](parent=thing(MockResponse(None, 500)), data=[1], constructor=None, next_link="p1")
    assert list(found) == [1]


def test_a_server_that_turns_in_a_circle_is_an_error() -> None:
    answers = [page(following="p2"), page(following="p1")]
    with pytest.raises(RuntimeError, match="same next page"):
        list(Pagination(parent=thing(*answers), data=[], constructor=None, next_link="p1"))


# Asking for a list.


def test_a_list_that_fits_one_page_is_a_list() -> None:
    parent = thing(page(1, 2))
    assert listed(parent, "url", limit=25) == [1, 2]
    assert parent.con.params == [{"$top": 25}]


def test_a_page_shorter_than_the_limit_is_not_the_end() -> None:
    parent = thing(page(1, 2, following="p1"), page(3, 4, following="p2"))
    found = listed(parent, "url", limit=3)
    assert isinstance(found, Pagination)
    assert list(found) == [1, 2, 3]


def test_without_a_limit_everything_comes_in_the_largest_pages() -> None:
    parent = thing(page(1, following="p1"), page(2))
    assert list(listed(parent, "url")) == [1, 2]
    assert parent.con.params[0] == {"$top": 999}


def test_a_batch_is_the_size_of_the_pages_also_without_a_limit() -> None:
    parent = thing(page(1))
    listed(parent, "url", limit=None, batch=10)
    assert parent.con.params == [{"$top": 10}]


def test_no_page_is_larger_than_the_api_allows() -> None:
    parent = thing(page(), page(), page())
    listed(parent, "url", limit=5000)
    listed(parent, "url", limit=20, batch=5000)
    listed(parent, "url", limit=500, most=50)
    assert [each["$top"] for each in parent.con.params] == [999, 999, 50]


def test_conditions_go_with_the_question() -> None:
    parent = thing(page(), page())
    listed(parent, "url", limit=1, query="isRead eq false", order_by="subject desc")
    listed(parent, "url", limit=1, query=parent.q().select("is_read"))
    assert parent.con.params[0] == {"$top": 1, "$filter": "isRead eq false", "$orderby": "subject desc"}
    assert parent.con.params[1] == {"$top": 1, "$select": "isRead"}


def test_headers_hold_for_all_pages() -> None:
    parent = thing(page(1, following="p1"), page(2))
    assert list(listed(parent, "url", headers={"ConsistencyLevel": "eventual"})) == [1, 2]
    assert parent.con.headers == [{"ConsistencyLevel": "eventual"}] * 2


def test_a_refused_question_is_none() -> None:
    assert listed(thing(MockResponse(None, 403)), "url") is None
