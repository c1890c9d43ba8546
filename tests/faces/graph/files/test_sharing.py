from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image
from tests.faces.graph.graph_server import BERT, Client, World


def put(one: Client, folder: dict[str, Any], name: str, content: bytes = b"x") -> Any:
    return one.done("PUT", f"/me/drive/items/{folder['id']}:/{name}:/content", 201, content=content)


def names(page: Any) -> list[str]:
    return [one["name"] for one in page["value"]]


def test_a_link_opens_what_lies_below_it(world: World, anna: Client, bert: Client, folder: dict[str, Any]) -> None:
    item = put(anna, folder, "x.txt", b"hello")
    path = f"/me/drive/items/{folder['id']}"
    link = anna.done("POST", f"{path}/createLink", 201, json={"type": "view", "scope": "organization"})
    again = anna.done("POST", f"{path}/createLink", 200, json={"type": "view", "scope": "organization"})
    assert (again["id"], link["roles"], link["link"]["type"]) == (link["id"], ["read"], "view")
    share = "u!" + base64.urlsafe_b64encode(link["link"]["webUrl"].encode()).rstrip(b"=").decode()
    assert share == link["shareId"]
    assert bert.get(f"/shares/{share}/driveItem")["id"] == folder["id"]
    assert bert.get(f"/shares/{share}", params={"$select": "id"})["id"] == share
    assert bert.get(f"/shares/{share}", params={"$expand": "driveItem"})["driveItem"]["id"] == folder["id"]
    assert "driveItem" not in bert.get(f"/shares/{share}")
    assert names(bert.get(f"/shares/{share}/driveItem/children")) == ["x.txt"]
    assert bert.get(f"/shares/{share}/root:/x.txt")["id"] == item["id"]
    assert bert.refused("DELETE", f"/shares/{share}/driveItem") == (403, "accessDenied")
    drive = item["parentReference"]["driveId"]
    assert bert.refused("GET", f"/drives/{drive}/items/{item['id']}") == (403, "accessDenied")
    bert.get(f"/shares/{share}/driveItem", headers={"Prefer": "redeemSharingLink"})
    assert bert.get(f"/drives/{drive}/items/{item['id']}")["name"] == "x.txt"
    assert folder["name"] in names(bert.get("/me/drive/sharedWithMe"))
    anna.done("DELETE", f"{path}/permissions/{link['id']}", 204)
    assert bert.refused("GET", f"/shares/{share}/driveItem") == (404, "itemNotFound")
    assert bert.refused("GET", f"/drives/{drive}/items/{item['id']}") == (403, "accessDenied")


def test_a_link_for_everybody_needs_no_token_but_may_need_a_password(
    world: World, anna: Client, bert: Client, folder: dict[str, Any]
) -> None:
    item = put(anna, folder, "x.txt", b"hello")
    path = f"/me/drive/items/{item['id']}/createLink"
    link = anna.done("POST", path, 201, json={"type": "edit", "scope": "anonymous"})
    assert world.http.get(link["link"]["webUrl"], follow_redirects=True).content == b"hello"
    closed = anna.done("POST", path, 201, json={"type": "view", "scope": "anonymous", "password": "pa:ss"})
    assert closed["hasPassword"] is True
    assert bert.refused("GET", f"/shares/{closed['shareId']}/driveItem") == (401, "unauthenticated")
    url = closed["link"]["webUrl"]
    assert world.http.get(url).status_code == 401
    assert world.http.get(url, auth=("", "wrong")).status_code == 401
    assert world.http.get(url, auth=("", "pa:ss"), follow_redirects=True).content == b"hello"
    over = anna.done("POST", path, 201, json={"scope": "anonymous", "expirationDateTime": "2020-01-01T00:00:00Z"})
    assert world.http.get(over["link"]["webUrl"]).status_code == 404


def test_who_is_invited_may_read_or_write(anna: Client, bert: Client, folder: dict[str, Any]) -> None:
    item = put(anna, folder, "x.txt", b"hello")
    path = f"/me/drive/items/{folder['id']}"
    body = {"recipients": [{"email": BERT.address}], "roles": ["read"], "sendInvitation": True, "message": "Look"}
    (made,) = anna.done("POST", f"{path}/invite", 200, json=body)["value"]
    assert (made["roles"], made["grantedToV2"]["user"]["id"]) == (["read"], BERT.id)
    place = f"/drives/{item['parentReference']['driveId']}/items/{item['id']}"
    assert bert.get(place)["size"] == 5
    assert bert.refused("PATCH", place, json={"name": "y"}) == (403, "accessDenied")
    anna.done("PATCH", f"{path}/permissions/{made['id']}", 200, json={"roles": ["write"]})
    bert.done("PATCH", place, 200, json={"description": "of Bert"})
    changed = anna.get(f"/me/drive/items/{item['id']}")
    assert changed["lastModifiedBy"]["user"]["email"] == BERT.address
    remote = next(one for one in bert.get("/me/drive/sharedWithMe")["value"] if one["name"] == folder["name"])
    assert remote["remoteItem"]["id"] == folder["id"]
    assert anna.get(path)["shared"]["scope"] == "users"
    listed = anna.get(f"/me/drive/items/{item['id']}/permissions")["value"]
    assert [one["roles"] for one in listed] == [["owner"], ["write"]]
    assert listed[1]["inheritedFrom"]["id"] == folder["id"]
    edit = anna.done("POST", f"{path}/createLink", 201, json={"type": "edit", "scope": "anonymous"})
    seen = bert.get(f"{place}/permissions")["value"]
    assert [one["roles"] for one in seen] == [["owner"], ["write"]]
    assert edit["id"] not in [one["id"] for one in bert.get(f"{place}?$expand=permissions")["permissions"]]
    assert "path" not in bert.get(place)["parentReference"]
    anna.done("DELETE", f"{path}/permissions/{edit['id']}", 204)
    assert bert.refused("POST", f"{place}/createLink", json={"type": "view"}) == (403, "accessDenied")
    (mail,) = anna.world.workspace.mail.messages.page(BERT.id, "inbox").rows
    assert folder["name"] in mail["subject"]
    anna.done("DELETE", f"{path}/permissions/{made['id']}", 204)
    assert bert.refused("GET", place) == (403, "accessDenied")
    assert anna.refused("PATCH", f"{path}/permissions/owner", json={"roles": ["read"]}) == (403, "accessDenied")


def test_a_link_gets_no_role_that_was_given_to_somebody(anna: Client, bert: Client, folder: dict[str, Any]) -> None:
    path = f"/me/drive/items/{put(anna, folder, 'x.txt')['id']}"
    given: dict[str, Any] = {"recipients": [{"email": "eve@elsewhere.test"}], "roles": ["read"]}
    first = anna.done("POST", f"{path}/invite", 200, json={**given, "requireSignIn": False})["value"][0]
    share = f"/shares/{first['shareId']}/driveItem"
    bert.get(share, headers={"Prefer": "redeemSharingLink"})
    (again,) = anna.done("POST", f"{path}/invite", 200, json={**given, "roles": ["write"]})["value"]
    assert ("link" in again, again["roles"]) == (False, ["write"])
    assert bert.refused("PUT", f"{share}/content", content=b"y") == (404, "itemNotFound")
    assert bert.refused("PUT", f"/shares/{shared(path, anna)}/driveItem/content", content=b"y")[0] == 403
    link = anna.done("POST", f"{path}/createLink", 201, json={"type": "view", "scope": "anonymous"})
    asked = {"recipients": [{"email": BERT.address}], "roles": ["write"]}
    assert anna.refused("POST", f"/shares/{link['shareId']}/permission/grant", json=asked)[0] == 400


def shared(path: str, owner: Client) -> str:
    """The plain address of an item as a sharing token."""
    return "u!" + base64.urlsafe_b64encode(owner.get(path)["webUrl"].encode()).rstrip(b"=").decode()


def test_a_copy_is_made_in_the_background(world: World, anna: Client, folder: dict[str, Any]) -> None:
    path = f"/me/drive/items/{folder['id']}"
    source = anna.done("POST", f"{path}/children", 201, json={"name": "a", "folder": {}})
    for number in range(3):
        put(anna, source, f"f{number}", bytes([number]) * 70_000)
    deep = anna.done("POST", f"/me/drive/items/{source['id']}/children", 201, json={"name": "deep", "folder": {}})
    put(anna, deep, "leaf", b"leaf")
    answer = anna("POST", f"/me/drive/items/{source['id']}/copy", json={"name": "b"})
    assert answer.status_code == 202
    url = answer.headers["Location"]
    assert world.http.get(url).json()["status"] == "inProgress"
    assert names(anna.get(f"{path}/children")) == ["a"]
    world.workspace.files.background.work()
    done = world.http.get(url).json()
    assert (done["status"], done["percentageComplete"]) == ("completed", 100)
    copied = anna.get(f"/me/drive/items/{done['resourceId']}?$expand=children")
    assert (copied["name"], copied["size"], copied["id"] != source["id"]) == ("b", 210_004, True)
    assert names({"value": copied["children"]}) == ["deep", "f0", "f1", "f2"]
    assert anna.get(f"{path}:/b/deep/leaf")["size"] == 4
    assert anna.refused("POST", f"/me/drive/items/{source['id']}/copy", json={"name": "B"})[0] == 409
    inside = {"parentReference": {"id": deep["id"]}}
    assert anna.refused("POST", f"/me/drive/items/{source['id']}/copy", json=inside) == (400, "invalidRequest")
    gone = anna("POST", f"/me/drive/items/{source['id']}/copy", json={"name": "c"}).headers["Location"]
    anna.done("DELETE", f"/me/drive/items/{source['id']}", 204)
    world.workspace.files.background.work()
    failed = world.http.get(gone).json()
    assert (failed["status"], "error" in failed) == ("failed", True)


def test_changes_are_told_since_a_token(anna: Client, folder: dict[str, Any]) -> None:
    path = f"/me/drive/items/{folder['id']}"
    one = put(anna, folder, "one")
    first = anna.get(f"{path}/delta")
    assert names(first) == [folder["name"], "one"]
    token = first["@odata.deltaLink"].partition("/v1.0")[2]
    assert anna.get(token)["value"] == []
    below = anna.done("POST", f"{path}/children", 201, json={"name": "below", "folder": {}})
    two = put(anna, below, "two")
    anna.done("DELETE", f"/me/drive/items/{one['id']}", 204)
    page = anna.get(token)
    gone = [row["id"] for row in page["value"] if "deleted" in row]
    assert gone == [one["id"]]
    assert {row["name"] for row in page["value"] if "deleted" not in row} == {folder["name"], "below", "two"}
    anna.done("POST", f"/me/drive/items/{one['id']}/restore", 200)
    anna.done("PATCH", f"/me/drive/items/{two['id']}", 200, json={"parentReference": {"id": folder["id"]}})
    later = anna.get(page["@odata.deltaLink"].partition("/v1.0")[2])
    assert not [row for row in later["value"] if "deleted" in row]
    assert {"one", "two"} <= set(names(later))
    latest = anna.get("/me/drive/root/delta?token=latest")
    assert latest["value"] == []
    put(anna, folder, "three")
    assert "three" in names(anna.get(latest["@odata.deltaLink"].partition("/v1.0")[2]))
    assert anna.get("/me/drive/root/delta(token='2020-01-01T00:00:00Z')")["value"][0]["name"] == "root"
    assert anna.refused("GET", "/me/drive/root/delta?token=nothing") == (400, "invalidRequest")
    paged = anna.get(f"{path}/delta?$top=2")
    assert "@odata.nextLink" in paged


def test_files_are_found_by_their_names(anna: Client, folder: dict[str, Any]) -> None:
    put(anna, folder, "quarterly_report%202024.txt")
    put(anna, folder, "other.txt")
    found = anna.get(f"/me/drive/items/{folder['id']}/search(q='Report quart')")
    assert names(found) == ["quarterly_report 2024.txt"]
    assert "searchResult" in found["value"][0]
    assert names(anna.get("/me/drive/root/search(q='quarterly_report')")) == ["quarterly_report 2024.txt"]
    assert names(anna.get("/me/drive/search(q='nothingofthekind')")) == []
    assert anna.refused("GET", "/me/drive/search(q='!!!')") == (400, "invalidRequest")


def test_a_picture_has_thumbnails(world: World, anna: Client, folder: dict[str, Any]) -> None:
    out = io.BytesIO()
    Image.new("RGB", (400, 200), "red").save(out, "PNG")
    item = put(anna, folder, "red.png", out.getvalue())
    world.workspace.files.background.work()
    path = f"/me/drive/items/{item['id']}"
    shown = anna.get(f"{path}?$expand=thumbnails")
    assert (shown["image"], shown["eTag"]) == ({"width": 400, "height": 200}, item["eTag"])
    (set_,) = anna.get(f"{path}/thumbnails?select=medium")["value"]
    assert (set_["medium"]["width"], set_["medium"]["height"]) == (176, 88)
    picture = world.http.get(set_["medium"]["url"])
    assert picture.headers["content-type"] == "image/jpeg"
    with Image.open(io.BytesIO(picture.content)) as found:
        assert found.size == (176, 88)
    answer = anna("GET", f"{path}/thumbnails/0/c50x50_crop/content")
    with Image.open(io.BytesIO(world.http.get(answer.headers["Location"]).content)) as found:
        assert found.size == (50, 50)
    broken = put(anna, folder, "broken.png", b"\x89PNG nothing")
    world.workspace.files.background.work()
    assert anna.get(f"/me/drive/items/{broken['id']}/thumbnails")["value"] == []


def test_a_file_that_is_checked_out_is_closed_to_others(
    world: World, anna: Client, bert: Client, folder: dict[str, Any]
) -> None:
    item = put(anna, folder, "x.txt")
    body = {"recipients": [{"objectId": BERT.id}], "roles": ["write"]}
    anna.done("POST", f"/me/drive/items/{item['id']}/invite", 200, json=body)
    place = f"/drives/{item['parentReference']['driveId']}/items/{item['id']}"
    bert.done("POST", f"{place}/checkout", 204)
    copy = {"name": "x.txt", "@microsoft.graph.conflictBehavior": "replace"}
    answer = anna("POST", f"/me/drive/items/{put(anna, folder, 'other')['id']}/copy", json=copy)
    world.workspace.files.background.work()
    assert world.http.get(answer.headers["Location"]).json()["status"] == "failed"
    assert anna.get(place)["publication"]["level"] == "checkout"
    assert anna.refused("PUT", f"{place}/content", content=b"y") == (423, "resourceLocked")
    bert.done("PUT", f"{place}/content", 200, content=b"y")
    bert.done("POST", f"{place}/checkin", 204, json={"comment": "done"})
    anna.done("PUT", f"{place}/content", 200, content=b"z")


def test_what_is_followed_and_used_last_is_listed(anna: Client, folder: dict[str, Any]) -> None:
    item = put(anna, folder, "followed.txt")
    anna.done("POST", f"/me/drive/items/{item['id']}/follow", 200)
    assert "followed.txt" in names(anna.get("/me/drive/following"))
    anna.done("POST", f"/me/drive/items/{item['id']}/unfollow", 204)
    assert "followed.txt" not in names(anna.get("/me/drive/following"))
    assert "followed.txt" in names(anna.get("/me/drive/recent?$top=50"))
    assert all("file" in one for one in anna.get("/me/drive/recent")["value"])


def test_a_group_has_a_drive_of_its_members(world: World, anna: Client, bert: Client) -> None:
    group = {"displayName": "Yard", "mailNickname": "yard", "mailEnabled": True, "securityEnabled": False,
             "groupTypes": ["Unified"]}  # fmt: skip
    made = anna.done("POST", "/groups", 201, json=group)
    drive = anna.get(f"/groups/{made['id']}/drive")
    assert (drive["driveType"], drive["owner"]["group"]["displayName"]) == ("documentLibrary", "Yard")
    path = f"/groups/{made['id']}/drive/root:/x.txt:/content"
    anna.done("PUT", path, 201, content=b"x")
    assert bert.refused("GET", f"/groups/{made['id']}/drive/root/children") == (403, "accessDenied")
    anna.done("POST", f"/groups/{made['id']}/members/$ref", 204,
              json={"@odata.id": f"https://x/v1.0/directoryObjects/{BERT.id}"})  # fmt: skip
    assert names(bert.get(f"/groups/{made['id']}/drive/root/children")) == ["x.txt"]
    assert [one["id"] for one in bert.get(f"/groups/{made['id']}/drives")["value"]] == [drive["id"]]


@pytest.mark.parametrize("format_", ["pdf", "txt"])
def test_another_format_than_that_of_the_file_is_not_acceptable(
    anna: Client, folder: dict[str, Any], format_: str
) -> None:
    item = put(anna, folder, "x.txt")
    status = anna("GET", f"/me/drive/items/{item['id']}/content?format={format_}").status_code
    assert status == (302 if format_ == "txt" else 406)
