"""Categories of Outlook."""

from __future__ import annotations

from typing import Any

import pytest
from tests.clients.o365.mail.doubles import REFUSED, Answer, Recorder, page

from O365.category import Categories, Category, CategoryColor
from O365.connection import MSGraphProtocol

HOUSE = {"id": "c1", "displayName": "House", "color": "preset0"}


@pytest.fixture
def categories(con: Recorder, protocol: MSGraphProtocol) -> Categories:
    return Categories(con=con, protocol=protocol)


@pytest.fixture
def house(categories: Categories) -> Category:
    return Category(parent=categories, __cloud_data__=HOUSE)


def test_all_categories(con: Recorder, categories: Categories) -> None:
    con.will(page(HOUSE), REFUSED)
    found = categories.get_categories()
    assert con.asked == [("get", "/me/outlook/masterCategories")]
    assert [(one.object_id, one.name, one.color) for one in found] == [("c1", "House", CategoryColor.RED)]
    assert str(found[0]) == "House (color: RED)"
    assert categories.get_categories() == []


def test_bug_a_category_without_a_colour_is_listed(con: Recorder, categories: Categories) -> None:
    con.will(page({**HOUSE, "color": "none"}, {**HOUSE, "color": None}))
    assert [str(one) for one in categories.get_categories()] == ["House (color: None)"] * 2


def test_one_category(con: Recorder, categories: Categories) -> None:
    con.will(Answer(HOUSE), REFUSED)
    found = categories.get_category("c1")
    assert con.asked == [("get", "/me/outlook/masterCategories/c1")]
    assert found is not None
    assert found.name == "House"
    assert categories.get_category("x") is None


@pytest.mark.parametrize(
    ("color", "sent"),
    [
        (CategoryColor.BLUE, "preset7"),
        ("blue", "preset7"),
        ("dark red", "preset15"),
        ("preset3", "preset3"),
        (None, None),
    ],
)
def test_a_category_is_created(con: Recorder, categories: Categories, color: Any, sent: str | None) -> None:
    con.will(Answer(HOUSE, 201))
    assert categories.create_category("House", color=color) is not None
    assert con.asked == [("post", "/me/outlook/masterCategories")]
    assert con.last.data == {"displayName": "House", "color": sent}


def test_a_new_category_has_a_colour_of_its_own(con: Recorder, categories: Categories) -> None:
    taken = [{**HOUSE, "color": color.value} for color in CategoryColor if color is not CategoryColor.TEAL]
    con.will(page(*taken), Answer(HOUSE, 201))
    categories.create_category("House")
    assert con.last.data["color"] == "preset5"


def test_when_all_colours_are_taken_any_will_do(con: Recorder, categories: Categories) -> None:
    con.will(page(*[{**HOUSE, "color": color.value} for color in CategoryColor]), REFUSED)
    assert categories.create_category("House") is None
    assert con.last.data["color"] in {color.value for color in CategoryColor}


@pytest.mark.parametrize("color", ["pink", "auto", 5])
def test_bug_what_is_no_colour_is_refused(con: Recorder, house: Category, color: Any) -> None:
    with pytest.raises(ValueError, match="color"):
        house.update_color(color)
    assert con.calls == []


def test_a_category_gets_another_colour(con: Recorder, house: Category) -> None:
    con.will(Answer(HOUSE), REFUSED)
    assert house.update_color("dark green")
    assert (con.asked, con.last.data) == ([("patch", "/me/outlook/masterCategories/c1")], {"color": "preset19"})
    assert house.color is CategoryColor.DARKGREEN
    assert house.update_color(None) is False
    assert house.color is CategoryColor.DARKGREEN


def test_a_category_is_deleted(con: Recorder, house: Category) -> None:
    con.will(Answer(status_code=204), REFUSED)
    assert [house.delete(), house.delete()] == [True, False]
    assert con.asked == [("delete", "/me/outlook/masterCategories/c1")] * 2
