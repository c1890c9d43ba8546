"""Libraries of sites: lists whose items are the files of a drive."""

from __future__ import annotations

from tests.faces.graph.graph_server import ANNA
from tests.faces.graph.sites.conftest import Land


def test_the_drive_of_a_site_is_that_of_its_first_library(land: Land) -> None:
    drive = land.anna.get(f"{land.yard}/drive")
    assert (drive["name"], drive["driveType"]) == ("Documents", "documentLibrary")
    assert land.anna.get(f"{land.yard}/lists/Documents/drive")["id"] == drive["id"]
    assert drive["id"] in [one["id"] for one in land.anna.get(f"{land.yard}/drives")["value"]]
    by_path = land.anna.get("/sites/one.sharepoint.com:/sites/yard:/drive")
    assert by_path["id"] == land.anna.get(f"{land.yard}/drives/{drive['id']}")["id"] == drive["id"]


def test_files_are_put_into_a_library_by_who_may_use_the_site(land: Land) -> None:
    path = f"{land.yard}/drive/root:/carts/red.txt:/content"
    land.anna.done("POST", f"{land.yard}/drive/root/children", 201, json={"name": "carts", "folder": {}})
    made = land.bert("PUT", path, content=b"a red cart", headers={"Content-Type": "text/plain"})
    assert made.status_code == 201, made.text
    (cart,) = land.anna.get(f"{land.yard}/drive/root:/carts:/children")["value"]
    assert cart["name"] == "red.txt"
    where = land.anna("GET", f"{land.yard}/drive/items/{cart['id']}/content").headers["Location"]
    assert land.world.http.get(where).content == b"a red cart"


def test_a_further_library_has_a_drive_of_its_own(land: Land) -> None:
    path = land.make_list(displayName="Drawings", list={"template": "documentLibrary"}, columns=[])
    drive = land.anna.get(f"{path}/drive")
    assert drive["name"] == "Drawings"
    assert drive["id"] != land.anna.get(f"{land.yard}/drive")["id"]
    land.anna.done("POST", f"{path}/drive/root/children", 201, json={"name": "2024", "folder": {}})
    assert [one["name"] for one in land.anna.get(f"/drives/{drive['id']}/root/children")["value"]] == ["2024"]
    land.anna.done("DELETE", path, 204)
    assert land.anna.refused("GET", f"/drives/{drive['id']}")[0] == 404
    assert land.anna.refused("GET", f"{land.make_list()}/drive") == (404, "itemNotFound")


def test_the_library_of_a_group_is_the_drive_of_the_group(land: Land) -> None:
    drive = land.anna.get(f"/groups/{land.group}/drive")
    site = land.anna.get(f"/groups/{land.group}/sites/root")["id"]
    assert land.anna.get(f"/sites/{site}/drive")["id"] == drive["id"]
    assert land.bert.refused("GET", f"/sites/{site}/drive")[0] == 403
    assert land.bert.refused("GET", f"/drives/{drive['id']}")[0] == 403


def test_files_are_items_with_values_of_their_own(land: Land) -> None:
    path = land.make_list(displayName="Letters", list={"template": "documentLibrary"})
    for name in ("a.txt", "b.txt"):
        land.anna("PUT", f"{path}/drive/root:/{name}:/content", content=b"dear all")
    land.anna.done("POST", f"{path}/drive/root/children", 201, json={"name": "old", "folder": {}})
    fields = land.anna.done("PATCH", f"{path}/items/1/fields", 200, json={"Count": 3, "Title": "First"})
    assert (fields["FileLeafRef"], fields["Count"], fields["FileSizeDisplay"], fields["DocIcon"]) == (
        "a.txt", 3, "8", "txt")  # fmt: skip
    rows = land.anna.get(f"{path}/items?expand=fields(select=FileLeafRef,Count)&$filter=fields/Count eq 3")["value"]
    assert [row["fields"]["FileLeafRef"] for row in rows] == ["a.txt"]
    kinds = [row["contentType"]["name"] for row in land.anna.get(f"{path}/items?$top=3")["value"]]
    assert kinds == ["Document", "Document", "Folder"]
    assert land.anna.get(f"{path}/items/2/driveItem")["name"] == "b.txt"
    land.anna.done("DELETE", f"{path}/drive/root:/b.txt", 204)
    assert land.anna.refused("GET", f"{path}/items/2")[0] == 404
    land.anna("PUT", f"{path}/drive/root:/c.txt:/content", content=b"x")
    assert [row["id"] for row in land.anna.get(f"{path}/items")["value"]] == ["1", "3", "4"]


def test_a_file_knows_its_item(land: Land) -> None:
    path = land.make_list(displayName="Bills", list={"template": "documentLibrary"})
    land.anna("PUT", f"{path}/drive/root:/one.txt:/content", content=b"x")
    of_file = f"{path}/drive/root:/one.txt:/listItem"
    assert land.anna.get(of_file)["id"] == "1"
    land.anna.done("PATCH", f"{of_file}/fields", 200, json={"Count": 7})
    assert land.anna.get(f"{of_file}/fields")["Count"] == land.anna.get(f"{path}/items/1/fields")["Count"] == 7
    assert land.anna.get(f"{of_file}?$expand=fields($select=Count)")["fields"]["Count"] == 7
    files = land.world.caller(land.world.tokens.user(ANNA, "Files.ReadWrite.All"))
    files("PUT", "/me/drive/root:/mine.txt:/content", content=b"x")
    assert files.refused("GET", "/me/drive/root:/mine.txt:/listItem") == (404, "itemNotFound")


def test_what_is_done_to_files_is_done_in_their_drive(land: Land) -> None:
    path = land.make_list(displayName="Plans", list={"template": "documentLibrary"})
    land.anna("PUT", f"{path}/drive/root:/a.txt:/content", content=b"x")
    for method, below in (("POST", ""), ("DELETE", "/1"), ("GET", "/1/versions"), ("GET", "/delta")):
        assert land.anna.refused(method, f"{path}/items{below}", json={}) == (403, "accessDenied")
    assert land.anna.refused("PATCH", f"{path}/items/1/fields", json={"FileLeafRef": "b.txt"})[0] == 400
    assert land.anna.refused("GET", f"{land.make_list()}/items/1/driveItem")[0] == 404
