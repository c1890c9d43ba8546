from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import Any

from tests.faces.graph.graph_server import BERT, Client, World


def begin(one: Client, folder: dict[str, Any], name: str, status: int = 200, **body: Any) -> str:
    path = f"/me/drive/items/{folder['id']}:/{name}:/createUploadSession"
    session = one.done("POST", path, status, json=body)
    assert session["nextExpectedRanges"] == ["0-"]
    return str(session["uploadUrl"])


def send(world: World, url: str, content: bytes, first: int, total: int) -> Any:
    span = f"bytes {first}-{first + len(content) - 1}/{total}"
    return world.http.put(url, content=content, headers={"Content-Range": span})


def test_a_file_comes_in_ranges(world: World, anna: Client, folder: dict[str, Any]) -> None:
    content = bytes(range(256)) * 4000
    url = begin(anna, folder, "big.bin", item={"fileSystemInfo": {"createdDateTime": "2020-01-02T03:04:05Z"}})
    cuts = [0, 327_680, 655_360, len(content)]
    for first, last in pairwise(cuts[:-1]):
        answer = send(world, url, content[first:last], first, len(content))
        assert (answer.status_code, answer.json()["nextExpectedRanges"]) == (202, [f"{last}-"])
    assert send(world, url, content[:100], 0, len(content)).status_code == 416
    assert send(world, url, content[700_000:], 700_000, len(content)).status_code == 416
    assert send(world, url, content[655_360:655_361], 655_360, len(content) + 1).status_code == 400
    assert world.http.get(url).json()["nextExpectedRanges"] == ["655360-"]
    assert anna.get(f"/me/drive/items/{folder['id']}/children")["value"] == []
    made = send(world, url, content[655_360:], 655_360, len(content))
    assert made.status_code == 201
    item = made.json()
    assert item["file"]["hashes"]["sha256Hash"] == hashlib.sha256(content).hexdigest().upper()
    assert item["fileSystemInfo"]["createdDateTime"] == "2020-01-02T03:04:05Z"
    assert world.http.get(item["@microsoft.graph.downloadUrl"]).content == content
    assert world.http.get(url).status_code == 404


def test_an_upload_to_a_name_that_is_taken(world: World, anna: Client, folder: dict[str, Any]) -> None:
    key = "@microsoft.graph.conflictBehavior"
    path = f"/me/drive/items/{folder['id']}:/x:/createUploadSession"
    late = begin(anna, folder, "x", item={key: "fail"})
    url = begin(anna, folder, "x")
    assert send(world, url, b"one", 0, 3).status_code == 201
    refused = send(world, late, b"two", 0, 3)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "nameAlreadyExists")
    assert world.http.get(late).json()["nextExpectedRanges"] == []
    anna.done("DELETE", f"/me/drive/items/{folder['id']}:/x", 204)
    assert send(world, late, b"two", 0, 3).status_code == 201
    assert anna.refused("POST", path, json={"item": {key: "fail"}}) == (409, "nameAlreadyExists")
    replaced = send(world, begin(anna, folder, "x", item={key: "replace"}), b"three", 0, 5)
    assert (replaced.status_code, replaced.json()["size"]) == (200, 5)
    renamed = send(world, begin(anna, folder, "x", item={key: "rename"}), b"four", 0, 4).json()
    assert renamed["name"] == "x 1"
    by_id = anna.done("POST", f"/me/drive/items/{renamed['id']}/createUploadSession", 200, json={})["uploadUrl"]
    assert send(world, by_id, b"five!", 0, 5).json()["id"] == renamed["id"]


def test_an_upload_can_wait_for_its_commit_or_be_given_up(world: World, anna: Client, folder: dict[str, Any]) -> None:
    url = begin(anna, folder, "later", deferCommit=True)
    assert world.http.post(url).status_code == 400
    assert send(world, url, b"abc", 0, 3).status_code == 202
    assert anna.get(f"/me/drive/items/{folder['id']}/children")["value"] == []
    assert world.http.post(url).status_code == 201
    gone = begin(anna, folder, "never")
    assert world.http.delete(gone).status_code == 204
    assert send(world, gone, b"abc", 0, 3).status_code == 404
    assert send(world, gone, b"abc" * 50_000, 0, 150_000).status_code == 404


def test_what_a_drive_cannot_hold_is_refused(world: World, anna: Client, folder: dict[str, Any]) -> None:
    path = f"/me/drive/items/{folder['id']}:/x:/createUploadSession"
    assert anna.refused("POST", path, json={"item": {"fileSize": 2 << 30}}) == (507, "quotaLimitReached")
    assert anna.refused("POST", path, json={"item": {"fileSize": "x"}}) == (400, "invalidRequest")
    assert world.http.put(begin(anna, folder, "x"), content=b"abc").status_code == 400


def test_what_is_uploaded_but_never_ended_takes_room(world: World, anna: Client, folder: dict[str, Any]) -> None:
    free = anna.get("/me/drive")["quota"]["remaining"]
    assert send(world, begin(anna, folder, "x"), b"x" * 10, 0, free + 1).status_code == 507
    first, second = begin(anna, folder, "a"), begin(anna, folder, "b")
    assert send(world, first, b"x" * 1000, 0, 2000).status_code == 202
    assert send(world, second, b"x" * 10, 0, free - 100).status_code == 507
    assert world.http.delete(first).status_code == 204
    assert send(world, second, b"x" * 10, 0, free - 100).status_code == 202
    world.http.delete(second)


def test_who_may_no_longer_write_ends_no_upload(
    world: World, anna: Client, bert: Client, folder: dict[str, Any]
) -> None:
    path = f"/me/drive/items/{folder['id']}"
    shared = f"/drives/{folder['parentReference']['driveId']}/items/{folder['id']}"
    given = {"recipients": [{"objectId": BERT.id}], "roles": ["write"]}
    (invited,) = anna.done("POST", f"{path}/invite", 200, json=given)["value"]
    link = anna.done("POST", f"{path}/createLink", 201, json={"type": "edit", "scope": "organization"})
    for place, permission in ((shared, invited["id"]), (f"/shares/{link['shareId']}/driveItem", link["id"])):
        first, second = (
            str(bert.done("POST", f"{place}:/{permission}{name}:/createUploadSession", 200, json={})["uploadUrl"])
            for name in "ab"
        )
        assert send(world, first, b"x" * 10, 0, 10).status_code == 201
        assert send(world, second, b"x" * 10, 0, 20).status_code == 202
        anna.done("DELETE", f"{path}/permissions/{permission}", 204)
        assert send(world, second, b"x" * 10, 10, 20).status_code in (403, 404)
    assert len(anna.get(f"{path}/children")["value"]) == 2
