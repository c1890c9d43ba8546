from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from tests.faces.graph.graph_server import ANNA, Client, World


def put(one: Client, folder: dict[str, Any], name: str, content: bytes, status: int = 201) -> Any:
    return one.done("PUT", f"/me/drive/items/{folder['id']}:/{name}:/content", status, content=content)


def read(one: Client, item: dict[str, Any], **headers: str) -> bytes:
    answer = one("GET", f"/me/drive/items/{item['id']}/content")
    assert answer.status_code == 302
    return one.world.http.get(answer.headers["Location"], headers=headers).content


def test_a_drive_is_there_when_somebody_asks_for_it(anna: Client) -> None:
    drive = anna.get("/me/drive")
    assert drive["driveType"] == "business"
    assert drive["owner"]["user"]["id"] == ANNA.id
    assert drive["quota"]["total"] == 1 << 30
    assert [one["id"] for one in anna.get("/me/drives")["value"]] == [drive["id"]]
    root = anna.get("/me/drive/root")
    assert root["name"] == "root"
    assert anna.get(f"/drives/{drive['id']}/root")["id"] == root["id"]
    assert anna.get(f"/users/{ANNA.address}/drive/items/root")["id"] == root["id"]


@pytest.mark.parametrize("size", [0, 5, 70_000, 2_500_000])
def test_what_is_put_comes_back_with_its_hashes(anna: Client, folder: dict[str, Any], size: int) -> None:
    content = bytes(range(251)) * (size // 251) + b"x" * (size % 251)
    made = put(anna, folder, "a%20b.bin", content)
    assert (made["name"], made["size"], made["parentReference"]["id"]) == ("a b.bin", size, folder["id"])
    assert made["file"]["hashes"]["sha256Hash"] == hashlib.sha256(content).hexdigest().upper()
    assert len(base64.b64decode(made["file"]["hashes"]["quickXorHash"])) == 20
    assert read(anna, made) == content
    assert anna.world.http.get(made["@microsoft.graph.downloadUrl"]).content == content
    again = anna.get(f"/me/drive/root:/{folder['name']}/A B.BIN")
    assert again["id"] == made["id"]


def test_a_part_of_a_file_can_be_asked_for(anna: Client, folder: dict[str, Any]) -> None:
    content = bytes(range(256)) * 1000
    url = put(anna, folder, "x", content)["@microsoft.graph.downloadUrl"]
    http = anna.world.http
    for asked, part in (
        ("bytes=0-9", content[:10]), ("bytes=255990-", content[255_990:]), ("bytes=-5", content[-5:]),
        ("bytes=10-9999999", content[10:]),
    ):  # fmt: skip
        answer = http.get(url, headers={"Range": asked})
        assert (answer.status_code, answer.content) == (206, part)
    assert http.get(url, headers={"Range": "bytes=0-0"}).headers["Content-Range"] == "bytes 0-0/256000"
    assert http.get(url, headers={"Range": "bytes=256000-"}).status_code == 416
    whole = http.get(url, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (whole.status_code, len(whole.content)) == (200, 256_000)
    assert http.get(url, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    assert http.head(url).headers["Content-Length"] == "256000"


def test_a_list_has_children_by_name_with_counts_and_sizes(anna: Client, folder: dict[str, Any]) -> None:
    for name in ("b", "C", "a"):
        put(anna, folder, name, name.encode() * 3)
    below = anna.done("POST", f"/me/drive/items/{folder['id']}/children", 201, json={"name": "D", "folder": {}})
    put(anna, below, "deep", b"12345")
    listed = anna.get(f"/me/drive/items/{folder['id']}/children")["value"]
    assert [one["name"] for one in listed] == ["a", "b", "C", "D"]
    assert (listed[3]["size"], listed[3]["folder"]["childCount"]) == (5, 1)
    assert anna.get(f"/me/drive/items/{folder['id']}")["size"] == 14
    first = anna.get(f"/me/drive/items/{folder['id']}/children?$top=3&$count=true&$select=name")
    assert first["@odata.count"] == 4
    rest = anna.get(first["@odata.nextLink"].partition("/v1.0")[2])
    assert [one["name"] for one in rest["value"]] == ["D"]
    (only,) = anna.get(f"/me/drive/items/{folder['id']}/children?$filter=folder ne null")["value"]
    assert only["name"] == "D"
    whole = anna.get(f"/me/drive/items/{folder['id']}?$expand=children($select=name)")
    assert [one["name"] for one in whole["children"]] == ["a", "b", "C", "D"]
    assert anna.get(f"/me/drive/root:/{folder['name']}/D/deep:/name")["value"] == "deep"


def test_what_is_replaced_is_an_earlier_version(anna: Client, folder: dict[str, Any]) -> None:
    one = put(anna, folder, "x.txt", b"one")
    two = put(anna, folder, "X.TXT", b"second", 200)
    assert (two["id"], two["name"], two["size"]) == (one["id"], "x.txt", 6)
    assert two["cTag"] != one["cTag"]
    path = f"/me/drive/items/{one['id']}"
    versions = anna.get(f"{path}/versions")["value"]
    assert [(each["id"], each["size"]) for each in versions] == [("2.0", 6), ("1.0", 3)]
    answer = anna("GET", f"{path}/versions/1.0/content")
    assert anna.world.http.get(answer.headers["Location"]).content == b"one"
    anna.done("POST", f"{path}/versions/1.0/restoreVersion", 204)
    assert read(anna, one) == b"one"
    assert [each["id"] for each in anna.get(f"{path}/versions")["value"]] == ["3.0", "2.0", "1.0"]
    assert anna.world.http.get(one["@microsoft.graph.downloadUrl"]).content == b"one"
    anna.done("DELETE", f"{path}/versions/2.0", 204)
    assert anna.refused("GET", f"{path}/versions/2.0") == (404, "itemNotFound")
    renamed = anna.done("PATCH", path, 200, json={"name": "y.md", "description": "mine"})
    assert (renamed["cTag"] == anna.get(path)["cTag"], renamed["file"]["mimeType"]) == (True, "text/markdown")


def test_conflicts_are_refused_renamed_or_replaced(anna: Client, folder: dict[str, Any]) -> None:
    path, key = f"/me/drive/items/{folder['id']}", "@microsoft.graph.conflictBehavior"
    put(anna, folder, "x.txt", b"one")
    assert anna.refused("PUT", f"{path}:/x.txt:/content?{key}=fail", content=b"no") == (409, "nameAlreadyExists")
    renamed = anna.done("PUT", f"{path}:/x.txt:/content?{key}=rename", 201, content=b"two")
    assert renamed["name"] == "x 1.txt"
    assert anna.refused("POST", f"{path}/children", json={"name": "X.txt", "folder": {}}) == (409, "nameAlreadyExists")
    made = anna.done("POST", f"{path}/children", 201, json={"name": "f", "folder": {}})
    again = anna.done("POST", f"{path}/children", 201, json={"name": "F", "folder": {}, key: "rename"})
    same = anna.done("POST", f"{path}/children", 201, json={"name": "F", "folder": {}, key: "replace"})
    assert (again["name"], same["id"]) == ("F 1", made["id"])
    assert anna.refused("PUT", f"{path}:/x.txt:/content", content=b"x", headers={"If-Match": '"old"'})[0] == 412
    one = anna.get(f"{path}:/x.txt")
    anna.done("PUT", f"{path}:/x.txt:/content", 200, content=b"x", headers={"If-Match": one["eTag"]})
    assert anna.refused("PUT", f"{path}:/x.txt:/content", content=b"x", headers={"If-None-Match": "*"})[0] == 412
    tag = anna.get(f"{path}:/x.txt")["eTag"]
    assert anna("GET", f"{path}:/x.txt", headers={"If-None-Match": tag}).status_code == 304
    anna.get(f"{path}:/x.txt", headers={"If-None-Match": one["eTag"]})


@pytest.mark.parametrize("name", ["a%7Cb", "CON", "con", "..%20", "x.", "~$x", "a%3Fb", "x" * 256, "a%5Cb", "_vti_"])
def test_names_that_no_file_can_have_are_refused(anna: Client, folder: dict[str, Any], name: str) -> None:
    path = f"/me/drive/items/{folder['id']}"
    assert anna.refused("PUT", f"{path}:/{name}:/content", content=b"x") == (400, "invalidRequest")
    assert anna.get(f"{path}/children")["value"] == []


def test_a_name_is_the_same_however_its_letters_are_composed(anna: Client, folder: dict[str, Any]) -> None:
    one = put(anna, folder, "caf%C3%A9", b"1")
    two = put(anna, folder, "CAFE%CC%81", b"2", 200)
    assert one["id"] == two["id"]


def test_a_path_makes_the_folders_that_are_missing(anna: Client, bert: Client, folder: dict[str, Any]) -> None:
    path = f"/me/drive/root:/{folder['name']}"
    anna.done("PUT", f"{path}/a/b/c.txt:/content", 201, content=b"x")
    anna.done("POST", f"{path}/a/d/e.txt:/createUploadSession", 200, json={})
    assert [one["name"] for one in anna.get(f"{path}/a:/children")["value"]] == ["b", "d"]
    assert anna.refused("PUT", f"{path}/a/b/c.txt/d:/content", content=b"x") == (404, "itemNotFound")
    assert anna.refused("GET", f"{path}/x/y") == (404, "itemNotFound")
    drive = anna.get("/me/drive")["id"]
    assert bert.refused("PUT", f"/drives/{drive}/root:/{folder['name']}/z/z:/content", content=b"x")[0] == 403
    assert anna.refused("GET", f"{path}/z") == (404, "itemNotFound")


def test_moving_keeps_the_id_and_sizes_follow(anna: Client, folder: dict[str, Any]) -> None:
    path = f"/me/drive/items/{folder['id']}"
    a = anna.done("POST", f"{path}/children", 201, json={"name": "a", "folder": {}})
    b = anna.done("POST", f"{path}/children", 201, json={"name": "b", "folder": {}})
    one = put(anna, a, "x", b"12345")
    moved = anna.done("PATCH", f"/me/drive/items/{one['id']}", 200,
                      json={"parentReference": {"id": b["id"]}, "name": "y"})  # fmt: skip
    assert (moved["id"], moved["name"], moved["parentReference"]["name"]) == (one["id"], "y", "b")
    assert moved["parentReference"]["path"].endswith(f"/{folder['name'].replace(' ', '%20')}/b")
    sizes = {each["name"]: each["size"] for each in anna.get(f"{path}/children")["value"]}
    assert sizes == {"a": 0, "b": 5}
    target = {"parentReference": {"id": a["id"]}}
    anna.done("PATCH", f"/me/drive/items/{b['id']}", 200, json=target)
    inside = {"parentReference": {"id": b["id"]}}
    assert anna.refused("PATCH", f"/me/drive/items/{a['id']}", json=inside) == (400, "invalidRequest")


def test_what_is_deleted_can_be_restored(anna: Client, folder: dict[str, Any]) -> None:
    one = put(anna, folder, "x", b"12345")
    before = anna.get("/me/drive")["quota"]
    anna.done("DELETE", f"/me/drive/items/{folder['id']}", 204)
    for gone in (folder, one):
        assert anna.refused("GET", f"/me/drive/items/{gone['id']}") == (404, "itemNotFound")
    after = anna.get("/me/drive")["quota"]
    assert (after["used"], after["deleted"]) == (before["used"], before["deleted"] + 5)
    anna.done("POST", f"/me/drive/items/{folder['id']}/restore", 200)
    assert read(anna, one) == b"12345"
    anna.done("POST", f"/me/drive/items/{folder['id']}/permanentDelete", 204)
    assert anna.get("/me/drive")["quota"]["used"] == before["used"] - 5


def test_drives_of_others_are_closed(world: World, anna: Client, bert: Client, folder: dict[str, Any]) -> None:
    drive = anna.get("/me/drive")["id"]
    for path in (f"/drives/{drive}", f"/drives/{drive}/root", f"/drives/{drive}/items/{folder['id']}",
                 f"/users/{ANNA.id}/drive/root:/nothing"):  # fmt: skip
        assert bert.refused("GET", path) == (403, "accessDenied")
    reader = world.caller(world.tokens.user(ANNA, "Files.Read"))
    reader.get("/me/drive/root")
    assert reader.refused("DELETE", f"/me/drive/items/{folder['id']}") == (403, "accessDenied")
    world.caller(world.tokens.app("Files.Read.All")).get(f"/drives/{drive}/items/{folder['id']}")


def test_special_folders_are_made_when_they_are_asked_for(anna: Client) -> None:
    one = anna.get("/me/drive/special/documents")
    assert (one["name"], one["specialFolder"]["name"]) == ("Documents", "documents")
    assert anna.get("/me/drive/root:/Documents")["id"] == one["id"]
    anna.done("PUT", "/me/drive/special/documents:/a.txt:/content", 201, content=b"x")
    anna.done("DELETE", f"/me/drive/items/{one['id']}", 204)
    assert anna.get("/me/drive/special/documents")["id"] != one["id"]
