"""Lists and their items over HTTP."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.faces.graph.graph_server import ANNA, BERT
from tests.faces.graph.sites.conftest import Land


def test_a_list_is_found_by_id_and_by_what_it_is_called(land: Land) -> None:
    made = land.anna.done("POST", f"{land.yard}/lists", 201, json={"displayName": "Carts & wheels"})
    assert made["name"] == "Carts  wheels"
    for name in (made["id"], "Carts%20%26%20wheels", "carts%20%20wheels"):
        assert land.anna.get(f"{land.yard}/lists/{name}")["id"] == made["id"]
    assert land.anna.refused("POST", f"{land.yard}/lists", json={"displayName": "CARTS & wheels"})[0] == 409
    assert land.anna.refused("GET", f"{land.yard}/lists/Nothing") == (404, "itemNotFound")
    changed = land.anna.done("PATCH", f"{land.yard}/lists/{made['id']}", 200, json={"displayName": "Carts"})
    assert (changed["displayName"], changed["name"]) == ("Carts", "Carts  wheels")
    land.anna.done("DELETE", f"{land.yard}/lists/Carts", 204)
    assert land.anna.refused("GET", f"{land.yard}/lists/Carts")[0] == 404


def test_every_site_has_a_library(land: Land) -> None:
    lists = land.anna.get(f"{land.yard}/sites")["value"]
    (plans,) = [site for site in lists if site["name"] == "plans"]
    (library,) = land.anna.get(f"/sites/{plans['id']}/lists")["value"]
    assert (library["displayName"], library["list"]["template"]) == ("Documents", "documentLibrary")
    assert land.anna.refused("DELETE", f"/sites/{plans['id']}/lists/{library['id']}")[0] == 400


def test_a_hidden_list_is_there_for_who_selects_system(land: Land) -> None:
    path = land.make_list(list={"template": "genericList", "hidden": True})
    name = path.rpartition("/")[2]
    assert name not in [one["id"] for one in land.anna.get(f"{land.yard}/lists")["value"]]
    assert name in [one["id"] for one in land.anna.get(f"{land.yard}/lists?$select=id,system")["value"]]


def test_columns_have_one_type_and_can_be_changed(land: Land) -> None:
    path = land.make_list()
    names = {column["name"]: column for column in land.anna.get(f"{path}/columns")["value"]}
    assert {"Title", "Created", "Author", "Count", "Colour"} <= names.keys()
    assert (names["Created"]["readOnly"], names["Count"]["readOnly"]) == (True, False)
    made = land.anna.done("POST", f"{path}/columns", 201, json={"displayName": "Unit price", "currency": {}})
    assert made["name"] == "Unit_x0020_price"
    changed = land.anna.done("PATCH", f"{path}/columns/{made['id']}", 200, json={"displayName": "Price"})
    assert (changed["displayName"], changed["name"]) == ("Price", "Unit_x0020_price")
    assert land.anna.refused("POST", f"{path}/columns", json={"name": "x", "text": {}, "number": {}})[0] == 400
    assert land.anna.refused("POST", f"{path}/columns", json={"name": "x", "calculated": {"formula": "=1"}})[0] == 400
    assert land.anna.refused("POST", f"{path}/columns", json={"name": "COUNT", "text": {}})[0] == 409
    assert land.anna.refused("PATCH", f"{path}/columns/Count", json={"text": {}})[0] == 400
    assert land.anna.refused("DELETE", f"{path}/columns/Title")[0] == 400
    land.anna.done("DELETE", f"{path}/columns/{made['id']}", 204)
    assert land.anna.refused("GET", f"{path}/columns/{made['id']}")[0] == 404


def test_items_have_numbers_that_are_given_once(land: Land) -> None:
    path = land.make_list()
    first = land.anna.done("POST", f"{path}/items", 201, json={"fields": {"Title": "One", "Count": 3}})
    assert (first["id"], first["fields"]["Title"], first["fields"]["Count"]) == ("1", "One", 3)
    assert first["fields"]["Paid"] is False
    land.anna.done("DELETE", f"{path}/items/1", 204)
    assert land.item(path, Title="Two").endswith("/items/2")
    assert land.anna.refused("GET", f"{path}/items/1") == (404, "itemNotFound")


def test_fields_come_when_they_are_asked_for(land: Land) -> None:
    path = land.item(land.make_list(), Title="One", Count=3)
    assert "fields" not in land.anna.get(path)
    for query in ("expand=fields(select=Title)", "$expand=fields($select=Title)"):
        fields = land.anna.get(f"{path}?{query}")["fields"]
        assert {name for name in fields if "@" not in name} == {"Title", "id"}
    fields = land.anna.get(f"{path}?expand=fields")["fields"]
    told = {name: fields[name] for name in ("id", "Created", "ContentType", "_UIVersionString", "Attachments")}
    assert told == {"id": "1", "Created": "2024-01-31T10:00:00Z", "ContentType": "Item", "_UIVersionString": "1.0",
                    "Attachments": False}  # fmt: skip
    assert fields["@odata.etag"] == land.anna.get(path)["eTag"]


def test_the_author_is_a_number_with_a_name(land: Land) -> None:
    path = land.item(land.make_list(), Title="One")
    land.bert.done("PATCH", f"{path}/fields", 200, json={"Title": "Two"})
    fields = land.anna.get(f"{path}/fields?$select=Title,Author,Editor,AuthorLookupId")
    assert (fields["Author"], fields["Editor"]) == (ANNA.name, BERT.name)
    assert fields["AuthorLookupId"].isdigit()


@pytest.mark.parametrize("wrong", [{"Nothing": 1}, {"Count": "three"}, {"Count": 101}, {"Count": True},
                                   {"Colour": "green"}, {"Due": "soon"}, {"Paid": "yes"}, {"Title": 3},
                                   {"Title": "x" * 256}, {"Author": "1"}])  # fmt: skip
def test_what_does_not_fit_its_column_is_refused(land: Land, wrong: dict[str, Any]) -> None:
    path = land.make_list()
    assert land.anna.refused("POST", f"{path}/items", json={"fields": wrong}) == (400, "invalidRequest")
    item = land.item(path, Title="One")
    assert land.anna.refused("PATCH", f"{item}/fields", json=wrong)[0] == 400
    assert land.anna.get(f"{item}/fields")["Title"] == "One"


def test_a_change_of_what_was_changed_meanwhile_is_refused(land: Land) -> None:
    path = land.item(land.make_list(), Title="One")
    etag = land.anna.get(path)["@odata.etag"]
    assert etag.endswith(',1"')
    land.anna.done("PATCH", f"{path}/fields", 200, json={"Title": "Two"}, headers={"If-Match": etag})
    assert land.anna.refused("PATCH", f"{path}/fields", json={"Title": "Three"}, headers={"If-Match": etag}) == (
        412, "resourceModified")  # fmt: skip
    assert land.anna.refused("DELETE", path, headers={"If-Match": etag})[0] == 412
    assert land.anna("GET", path, headers={"If-None-Match": land.anna.get(path)["eTag"]}).status_code == 304


def test_versions_are_kept_and_can_come_back(land: Land) -> None:
    path = land.item(land.make_list(), Title="One", Count=1)
    land.anna.done("PATCH", path, 200, json={"fields": {"Title": "Two"}})
    versions = land.anna.get(f"{path}/versions")["value"]
    assert [(one["id"], one["fields"]["Title"]) for one in versions] == [("2.0", "Two"), ("1.0", "One")]
    land.anna.done("POST", f"{path}/versions/1.0/restoreVersion", 204)
    fields = land.anna.get(f"{path}/fields")
    assert (fields["Title"], fields["Count"], fields["_UIVersionString"]) == ("One", 1, "3.0")
    assert land.anna.refused("GET", f"{path}/versions/9.0")[0] == 404


def test_items_are_filtered_and_sorted_by_fields(land: Land) -> None:
    path = land.make_list()
    for title, count, colour, due in (("One", 3, "red", "2024-02-01"), ("Two", 1, "blue", "2024-03-01"),
                                      ("Three", 2, "red", "2024-04-01")):  # fmt: skip
        land.item(path, Title=title, Count=count, Colour=colour, Due=f"{due}T10:00:00Z")
    assert land.titles(path, "&$filter=fields/Colour eq 'red'") == ["One", "Three"]
    assert land.titles(path, "&$filter=fields/Count ge 2 and startswith(fields/Title,'T')") == ["Three"]
    assert land.titles(path, "&$filter=fields/Due gt '2024-02-15T00:00:00Z'") == ["Two", "Three"]
    assert land.titles(path, "&$orderby=fields/Count desc") == ["One", "Three", "Two"]
    assert land.titles(path, "&$orderby=fields/Title") == ["One", "Three", "Two"]
    counted = land.anna.get(f"{path}/items?$count=true&$top=2&expand=fields")
    assert counted["@odata.count"] == 3
    rest = land.anna.get(counted["@odata.nextLink"].partition("/v1.0")[2])
    assert [row["fields"]["Title"] for row in counted["value"] + rest["value"]] == ["One", "Two", "Three"]


def test_queries_by_columns_without_an_index_need_a_header_where_the_server_is_strict(
    land: Land, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = land.world.workspace.settings
    monkeypatch.setattr(
        land.world.workspace, "settings", replace(settings, graph=replace(settings.graph, strict_queries=True))
    )
    path = land.make_list()
    land.item(path, Title="One", Colour="red", Count=1)
    for query in ("$filter=fields/Count eq 1", "$orderby=fields/Title"):
        assert land.anna.refused("GET", f"{path}/items?{query}") == (400, "invalidRequest")
    allowed = {"Prefer": "HonorNonIndexedQueriesWarningMayFailRandomly"}
    assert land.titles(path, "&$filter=fields/Count eq 1", headers=allowed) == ["One"]
    assert land.titles(path, "&$filter=fields/Colour eq 'red'&$orderby=fields/Created") == ["One"]


def test_lookups_and_people_are_numbers(land: Land) -> None:
    colours, carts = land.make_list(), land.make_list()
    land.item(colours, Title="Red")
    lookup = {"listId": colours.rpartition("/")[2], "columnName": "Title"}
    for column in ({"name": "Paint", "lookup": lookup}, {"name": "Driver", "personOrGroup": {}},
                   {"name": "Crew", "personOrGroup": {"allowMultipleSelection": True}}):  # fmt: skip
        land.anna.done("POST", f"{carts}/columns", 201, json=column)
    cart = land.item(carts, Title="Cart", PaintLookupId=1, DriverLookupId=BERT.address, CrewLookupId=[BERT.id, ANNA.id])
    fields = land.anna.get(f"{cart}/fields?$select=Paint,PaintLookupId,Driver,Crew")
    assert (fields["Paint"], fields["PaintLookupId"], fields["Driver"]) == ("Red", "1", BERT.name)
    assert [one["LookupValue"] for one in fields["Crew"]] == [BERT.name, ANNA.name]
    assert land.anna.refused("PATCH", f"{cart}/fields", json={"PaintLookupId": 7})[0] == 400
    assert land.anna.refused("PATCH", f"{cart}/fields", json={"DriverLookupId": "nobody@one.test"})[0] == 400


def test_a_column_without_equals_has_none(land: Land) -> None:
    path = land.make_list()
    land.anna.done("POST", f"{path}/columns", 201, json={"name": "Code", "text": {}, "enforceUniqueValues": True})
    land.item(path, Code="a")
    assert land.anna.refused("POST", f"{path}/items", json={"fields": {"Code": "A"}})[0] == 400
    land.item(path, Code="b")


def test_changes_of_items_are_told(land: Land) -> None:
    path = land.make_list()
    land.item(path, Title="One")
    land.item(path, Title="Two")
    first = land.anna.get(f"{path}/items/delta")
    assert [one["id"] for one in first["value"]] == ["1", "2"]
    land.anna.done("DELETE", f"{path}/items/1", 204)
    land.anna.done("PATCH", f"{path}/items/2/fields", 200, json={"Title": "Zwei"})
    changed = land.anna.get(first["@odata.deltaLink"].partition("/v1.0")[2])
    assert {one["id"]: "deleted" in one for one in changed["value"]} == {"1": True, "2": False}


def test_a_list_expands_what_is_in_it(land: Land) -> None:
    found = land.anna.get(f"{land.make_list()}?$expand=columns,contentTypes")
    assert "Colour" in [column["name"] for column in found["columns"]]
    (kind,) = found["contentTypes"]
    assert land.anna.get(f"{land.yard}/lists/{found['id']}/contentTypes/{kind['id']}")["name"] == "Item"
