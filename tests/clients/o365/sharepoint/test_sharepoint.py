"""Sites, lists and items: what is asked of the service, and what is made of its answers."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from tests.clients.o365.mail.doubles import REFUSED, Answer, Recorder, page

from O365.connection import MSGraphProtocol
from O365.sharepoint import Sharepoint, SharepointList, SharepointListItem, Site

SITE = {"id": "one.test,a,b", "name": "yard", "displayName": "The Yard", "description": "Carts", "root": {},
        "webUrl": "https://one.test/sites/yard", "createdDateTime": "2024-01-31T10:00:00Z"}  # fmt: skip
LIST: dict[str, Any] = {
    "id": "l", "name": "Carts", "displayName": "All carts", "description": "", "webUrl": "https://one.test/l",
    "list": {"template": "genericList", "hidden": False, "contentTypesEnabled": True},
    "createdBy": {"user": {"displayName": "Anna", "email": "anna@one.test"}},
}  # fmt: skip
COLUMNS = page(
    {"id": "1", "name": "Title", "displayName": "Name", "readOnly": False, "text": {}, "required": True},
    {"id": "2", "name": "unit_price", "displayName": "Unit price", "readOnly": False, "currency": {}},
    {"id": "3", "name": "Modified", "displayName": "Modified", "readOnly": True, "dateTime": {}},
    {"id": "4", "name": "Place", "displayName": "Place", "readOnly": False, "hyperlinkOrPicture": {}},
)
ITEM = {"id": "1", "webUrl": "https://one.test/1", "contentType": {"id": "0x01", "name": "Item"},
        "fields": {"@odata.etag": '"x,1"', "Title": "Red", "unit_price": 3}}  # fmt: skip


@pytest.fixture
def con() -> Recorder:
    return Recorder()


@pytest.fixture
def sharepoint(con: Recorder) -> Sharepoint:
    return Sharepoint(con=con, protocol=MSGraphProtocol(timezone="Europe/Berlin"))


@pytest.fixture
def site(sharepoint: Sharepoint) -> Site:
    return Site(parent=sharepoint, __cloud_data__=SITE)


@pytest.fixture
def carts(site: Site) -> SharepointList:
    return SharepointList(parent=site, __cloud_data__=LIST)


@pytest.fixture
def item(carts: SharepointList, con: Recorder) -> SharepointListItem:
    con.will(Answer(ITEM))
    found = carts.get_item_by_id(1)
    assert found
    return found


@pytest.mark.parametrize(("names", "path"), [
    (("one.test,a,b",), "/sites/one.test,a,b"),
    (("one.test", "sites/yard"), "/sites/one.test:/sites/yard:"),
    (("one.test", "/sites/a yard/"), "/sites/one.test:/sites/a%20yard:"),
    (("one.test", "a", "b"), "/sites/one.test,a,b"),
])  # fmt: skip
def test_a_site_is_named_by_id_by_path_and_by_its_ids(
    sharepoint: Sharepoint, con: Recorder, names: tuple[str, ...], path: str
) -> None:
    con.will(Answer(SITE))
    found = sharepoint.get_site(*names)
    assert found
    assert (con.last.path, found.display_name, found.root, str(found)) == (path, "The Yard", True, "Site: yard")
    assert found.created
    assert found.created.hour == 11


def test_the_root_which_has_no_name_goes_by_what_it_is_called(sharepoint: Sharepoint, con: Recorder) -> None:
    con.will(Answer({**SITE, "name": ""}))
    assert str(sharepoint.get_root_site()) == "Site: The Yard"


def test_a_site_has_one_to_three_names(sharepoint: Sharepoint) -> None:
    with pytest.raises(ValueError, match="Incorrect number of arguments"):
        sharepoint.get_site()


def test_a_search_goes_through_all_pages(sharepoint: Sharepoint, con: Recorder) -> None:
    con.will(page(SITE, link="https://graph.microsoft.com/v1.0/more"), page({**SITE, "id": "2"}))
    assert len(sharepoint.search_site("carts & wheels")) == 2
    assert con.calls[0].path == "/sites?search=carts%20%26%20wheels"


def test_libraries_of_a_site_are_drives(site: Site, con: Recorder) -> None:
    assert site.get_default_document_library()
    assert con.calls == []
    con.will(Answer({"id": "d"}), Answer({"id": "e"}), page({"id": "d"}))
    site.get_default_document_library(request_drive=True)
    site.get_document_library("e")
    site.list_document_libraries()
    of_site = "/sites/one.test,a,b"
    assert [call.path for call in con.calls] == [f"{of_site}/drive", f"{of_site}/drives/e", f"{of_site}/drives"]


def test_lists_ask_for_their_columns_when_somebody_wants_them(site: Site, con: Recorder) -> None:
    """The original asks for those of each list at once."""
    con.will(page(LIST, {**LIST, "id": "m"}), COLUMNS)
    carts, _ = site.get_lists()
    assert len(con.calls) == 1
    assert carts.column_name_cw == {"Name": "Title", "Unit price": "unit_price", "Place": "Place"}
    assert carts.column_name_cw
    assert con.asked[1:] == [("get", "/sites/one.test,a,b/lists/l/columns")]
    assert (carts.template, carts.content_types_enabled, carts.hidden) == ("genericList", True, False)


def test_a_list_is_found_by_what_it_is_called(site: Site, con: Recorder) -> None:
    con.will(Answer(LIST), REFUSED, Answer(LIST))
    found = site.get_list_by_name("All carts/2")
    assert (found.object_id, con.last.path) == ("l", "/sites/one.test,a,b/lists/All%20carts%2F2")
    assert site.get_list_by_name("Nothing") == []
    assert site.create_list({"displayName": "Carts"}) == found
    assert con.last.data == {"displayName": "Carts"}


def test_columns_tell_their_type(carts: SharepointList, con: Recorder) -> None:
    con.will(COLUMNS)
    columns = carts.get_list_columns()
    assert [(one.internal_name, one.field_type) for one in columns] == [
        ("Title", "text"), ("unit_price", "currency"), ("Modified", "dateTime"), ("Place", None)]  # fmt: skip
    assert str(columns[0]) == "List Column: Name-text"


def test_fields_are_asked_for_by_either_name(
    carts: SharepointList, con: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    con.will(COLUMNS, page(ITEM), page(ITEM))
    with caplog.at_level(logging.WARNING):
        assert carts.build_field_filter(["Title", "Unit price", "Nope"]) == "fields(select=Title,unit_price)"
    assert '"Nope" is not a valid field name' in caplog.text
    carts.get_items(5, query="fields/Title eq 'Red'", order_by="fields/Title", expand_fields=["Name"])
    expected = {
        "$top": 5,
        "expand": "fields(select=Title)",
        "$filter": "fields/Title eq 'Red'",
        "$orderby": "fields/Title",
    }
    assert con.last.params == expected
    carts.get_items(expand_fields=True)
    assert con.last.params == {"$top": 999, "expand": "fields"}


def test_what_was_changed_of_an_item_is_sent(item: SharepointListItem, con: Recorder) -> None:
    con.will(COLUMNS, Answer({}))
    item.update_fields({"Title": "Blue", "unit_price": 4})
    assert item.fields == {"@odata.etag": '"x,1"', "Title": "Blue", "unit_price": 4}
    assert item.save_updates()
    # The original looked for `unitPrice`, which is no column.
    assert con.last.data == {"Title": "Blue", "unit_price": 4}
    assert item.save_updates()
    assert con.last.path == "/sites/one.test,a,b/lists/l/items/1/fields"
    with pytest.raises(ValueError, match='"Unit price" is not a valid internal field name'):
        item.update_fields({"Unit price": 5})


def test_what_was_refused_can_be_sent_again(item: SharepointListItem, con: Recorder) -> None:
    con.will(COLUMNS, REFUSED, Answer({}))
    item.update_fields({"Title": "Blue"})
    assert not item.save_updates()
    assert item.save_updates()
    assert con.last.data == {"Title": "Blue"}


def test_items_are_made_and_removed(carts: SharepointList, item: SharepointListItem, con: Recorder) -> None:
    con.will(Answer(ITEM))
    assert carts.create_list_item({"Title": "Red"}) == item
    assert con.last.data == {"fields": {"Title": "Red"}}
    assert carts.delete_list_item(1)
    assert item.delete()
    assert [call.path for call in con.calls[-2:]] == ["/sites/one.test,a,b/lists/l/items/1"] * 2
    assert (item.content_type_id, str(item)) == ("0x01", "List Item: https://one.test/1")
