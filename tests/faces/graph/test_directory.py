from __future__ import annotations

import struct
from typing import Any

import pytest
from tests.faces.graph.graph_server import ANNA, BERT, CARL, Client, World

DEFAULT = {
    "businessPhones", "displayName", "givenName", "id", "jobTitle", "mail", "mobilePhone", "officeLocation",
    "preferredLanguage", "surname", "userPrincipalName",
}  # fmt: skip
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 96, 48) + b"rest"
EVENTUAL = {"ConsistencyLevel": "eventual"}


def names(page: Any) -> list[str]:
    return [row["displayName"] for row in page["value"]]


def team(client: Client, name: str = "Team", **more: Any) -> str:
    """The id of a new group."""
    body = {"displayName": name, "mailEnabled": False, "mailNickname": name.lower(), "securityEnabled": True, **more}
    return str(client.done("POST", "/groups", 201, json=body)["id"])


def put_in(client: Client, group: str, member: str, into: str = "members") -> None:
    body = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{member}"}
    client.done("POST", f"/groups/{group}/{into}/$ref", 204, json=body)


# Users


def test_me_is_the_default_set_with_nulls(anna: Client) -> None:
    me = anna.get("/me")
    assert me.keys() - {"@odata.context"} == DEFAULT
    assert me["@odata.context"] == f"{anna.world.base}/v1.0/$metadata#users/$entity"
    assert (me["id"], me["mail"], me["businessPhones"], me["mobilePhone"]) == (ANNA.id, ANNA.address, ["12"], None)


@pytest.mark.parametrize("name", [BERT.id, BERT.id.upper(), "BERT@one.test", "bert%40one.test"])
def test_users_are_found_by_id_and_address(anna: Client, name: str) -> None:
    assert anna.get(f"/users/{name}")["id"] == BERT.id
    assert anna.get(f"/users('{name}')")["id"] == BERT.id


def test_what_is_selected_is_shown_and_nothing_else(anna: Client) -> None:
    found = anna.get("/me?$select=ACCOUNTENABLED,department,proxyAddresses")
    assert found == {
        "@odata.context": f"{anna.world.base}/v1.0/$metadata#users(ACCOUNTENABLED,department,proxyAddresses)/$entity",
        "accountEnabled": True,
        "department": None,
        "proxyAddresses": ["SMTP:anna@one.test", "smtp:a@one.test"],
    }
    assert anna.refused("GET", "/me?$select=colour") == (400, "Request_BadRequest")


def test_single_properties_are_read_by_themselves(anna: Client) -> None:
    assert anna.get("/me/displayName") == {
        "@odata.context": f"{anna.world.base}/v1.0/$metadata#users('{ANNA.id}')/displayName",
        "value": "Anna Arnold",
    }
    assert anna("GET", "/me/jobTitle/$value").text == "Clerk"
    assert anna("GET", "/me/city").status_code == 204


def test_an_unknown_user_is_404(anna: Client) -> None:
    answer = anna("GET", "/users/nobody@one.test")
    assert answer.status_code == 404
    error = answer.json()["error"]
    assert error["code"] == "Request_ResourceNotFound"
    assert error["message"].startswith("Resource 'nobody@one.test' does not exist")


def test_all_users_are_listed_filtered_sorted_and_counted(anna: Client, app: Client) -> None:
    page = app.get("/users")
    assert names(page) == ["Anna Arnold", "Bert Brown", CARL.address]
    assert page["@odata.context"].endswith("$metadata#users")
    assert "@odata.nextLink" not in page
    assert names(app.get("/users?$orderby=displayName desc&$filter=startswith(mail,'ANNA') or surname eq 'brown'")) == [
        "Bert Brown",
        "Anna Arnold",
    ]
    assert names(app.get('/users?$search="displayName:arn"', headers=EVENTUAL)) == ["Anna Arnold"]
    assert names(app.get("/users?$filter=city eq null and department ne null")) == ["Bert Brown"]
    assert names(app.get("/users?$filter=businessPhones/any(p:p eq '12')")) == ["Anna Arnold"]
    assert app.get("/users?$filter=otherMails/any()")["value"] == []
    counted = app.get("/users?$count=true&$top=1&$filter=accountEnabled eq true")
    assert (counted["@odata.count"], len(counted["value"])) == (2, 1)
    answer = app("GET", "/users/$count?$filter=accountEnabled eq false")
    assert (answer.text, answer.headers["content-type"]) == ("1", "text/plain")
    assert anna.refused("GET", "/users?$filter=displayName eq") == (400, "BadRequest")
    assert anna.refused("GET", "/users?$top=1000") == (400, "BadRequest")


def test_next_links_lead_through_all_users_with_their_options(app: Client) -> None:
    url, found = "/users?$top=1&$select=id,mail", []
    while url:
        page = app.get(url)
        assert all(row.keys() == {"id", "mail"} for row in page["value"])
        found += [row["mail"] for row in page["value"]]
        url = page.get("@odata.nextLink", "").removeprefix(f"{app.world.base}/v1.0")
    assert found == [ANNA.address, BERT.address, CARL.address]


def test_properties_that_programs_set_are_kept(anna: Client) -> None:
    assert anna.done("PATCH", "/me", 204, json={"City": "Ulm", "jobTitle": "Chief"}) is None
    found = anna.get("/me?$select=city,jobTitle,displayName")
    assert (found["city"], found["jobTitle"], found["displayName"]) == ("Ulm", "Chief", "Anna Arnold")
    shown = anna.done("PATCH", "/me", 200, json={"city": None}, headers={"Prefer": "return=representation"})
    assert shown["jobTitle"] == "Chief"
    assert names(anna.get("/users?$filter=jobTitle eq 'chief'")) == ["Anna Arnold"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"accountEnabled": False}, 403, "Authorization_RequestDenied"),
        ({"businessPhones": "1"}, 400, "Request_BadRequest"),
        ([], 400, "BadRequest"),
    ],
)
def test_changes_that_cannot_be_made_are_refused(anna: Client, body: Any, status: int, code: str) -> None:
    assert anna.refused("PATCH", "/me", json=body) == (status, code)


def test_tokens_reach_what_their_scopes_allow(world: World) -> None:
    reader = world.caller(world.tokens.user(ANNA, "User.Read"))
    reader.get("/me")
    assert reader.refused("GET", "/users") == (403, "Authorization_RequestDenied")
    assert reader.refused("PATCH", "/me", json={}) == (403, "Authorization_RequestDenied")
    writer = world.caller(world.tokens.user(ANNA, "user.readwrite"))
    writer.done("PATCH", "/me", 204, json={"city": "Ulm"})
    assert writer.refused("PATCH", f"/users/{BERT.id}", json={}) == (403, "Authorization_RequestDenied")
    for method, path in (
        ("GET", ""), ("GET", "/memberOf"), ("PUT", "/photo/$value"), ("DELETE", "/photo"), ("GET", "/displayName"),
        ("POST", "/revokeSignInSessions"), ("POST", "/getMemberGroups"),
    ):  # fmt: skip
        both = world.caller(world.tokens.user(ANNA, "User.Read", "User.ReadWrite"))
        assert both.refused(method, f"/users/{BERT.address}{path}") == (403, "Authorization_RequestDenied")
        assert both(method, f"/users/{ANNA.address}{path}").status_code != 403
    application = world.caller(world.tokens.app("User.Read.All"))
    application.get(f"/users/{ANNA.id}")
    assert application.refused("GET", "/me") == (400, "BadRequest")


# Managers


def test_managers_have_direct_reports(anna: Client) -> None:
    assert anna.refused("GET", "/me/manager") == (404, "Request_ResourceNotFound")
    anna.done("PUT", "/me/manager/$ref", 204, json={"@odata.id": f"{anna.world.base}/v1.0/users/{BERT.address}"})
    manager = anna.get("/me/manager")
    assert (manager["@odata.type"], manager["id"]) == ("#microsoft.graph.user", BERT.id)
    assert manager["@odata.context"].endswith("$metadata#directoryObjects/$entity")
    assert manager.keys() - {"@odata.context", "@odata.type"} == DEFAULT
    reports = anna.get(f"/users/{BERT.id}/directReports")
    assert [(row["@odata.type"], row["id"]) for row in reports["value"]] == [("#microsoft.graph.user", ANNA.id)]
    expanded = anna.get("/me?$select=id&$expand=manager($select=displayName)")
    assert expanded["manager"]["displayName"] == "Bert Brown"
    assert anna.refused("PUT", "/me/manager/$ref", json={"@odata.id": f"x/{ANNA.id}"})[0] == 400
    assert anna.refused("PUT", "/me/manager/$ref", json={"@odata.id": "x/nobody"})[0] == 404
    anna.done("DELETE", "/me/manager/$ref", 204)
    assert anna.refused("DELETE", "/me/manager/$ref")[0] == 404
    assert anna.get(f"/users/{BERT.id}/directReports")["value"] == []


def test_managers_of_managers_are_expanded_and_circles_end(anna: Client) -> None:
    for person, above in ((ANNA, BERT), (BERT, CARL), (CARL, ANNA)):
        anna.done("PUT", f"/users/{person.id}/manager/$ref", 204, json={"@odata.id": f"x/{above.id}"})
    found = anna.get("/me?$expand=manager($levels=max;$select=id)&$select=id")
    assert found["manager"]["id"] == BERT.id


# Photos


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_picture_comes_back_as_it_was_sent(anna: Client, method: str) -> None:
    assert anna.refused("GET", "/me/photo/$value") == (404, "ImageNotFound")
    assert anna.refused("GET", "/me/photo") == (404, "ImageNotFound")
    anna.done(method, "/me/photo/$value", 200, content=PNG, headers={"Content-Type": "image/png"})
    for path in ("/me/photo/$value", f"/users/{ANNA.id}/photos/48x48/$value"):
        answer = anna("GET", path)
        assert (answer.content, answer.headers["content-type"]) == (PNG, "image/png")
    told = anna.get("/me/photo")
    assert (told["id"], told["width"], told["height"], told["@odata.mediaContentType"]) == (
        "96x48",
        96,
        48,
        "image/png",
    )
    assert anna.refused("GET", "/me/photos/7x7/$value") == (404, "ImageNotFound")
    anna.done("DELETE", "/me/photo/$value", 204)
    assert anna.refused("DELETE", "/me/photo") == (404, "ImageNotFound")


def test_what_is_no_picture_is_refused(anna: Client) -> None:
    assert anna.refused("PUT", "/me/photo/$value", content=b"text", headers={"Content-Type": "image/png"})[0] == 400


def test_groups_have_pictures_too(anna: Client) -> None:
    group = team(anna)
    anna.done("PUT", f"/groups/{group}/photo/$value", 200, content=PNG, headers={"Content-Type": "image/png"})
    assert anna("GET", f"/groups/{group}/photo/$value").content == PNG
    assert anna.get(f"/groups/{group}/photo")["width"] == 96
    assert anna.get(f"/groups/{group}")["displayName"] == "Team"


# Groups


def test_a_group_is_made_changed_and_removed(anna: Client) -> None:
    body = {"displayName": "Team", "mailEnabled": True, "mailNickname": "team", "securityEnabled": False,
            "groupTypes": ["Unified"], "members@odata.bind": [f"{anna.world.base}/v1.0/users/{BERT.id}"]}  # fmt: skip
    made = anna("POST", "/groups", json=body)
    assert made.status_code == 201
    group = made.json()
    assert made.headers["location"] == f"{anna.world.base}/v1.0/groups/{group['id']}"
    assert (group["mail"], group["createdDateTime"]) == ("team@one.test", "2024-01-31T10:00:00Z")
    assert anna.done("PATCH", f"/groups/{group['id']}", 204, json={"description": "All of us"}) is None
    assert anna.get(f"/groups/{group['id']}")["description"] == "All of us"
    assert names(anna.get(f"/groups/{group['id']}/members")) == ["Bert Brown"]
    assert names(anna.get(f"/groups/{group['id']}/owners")) == ["Anna Arnold"], "who makes a group owns it"
    anna.done("DELETE", f"/groups/{group['id']}", 204)
    assert anna.refused("GET", f"/groups/{group['id']}") == (404, "Request_ResourceNotFound")
    assert anna.get("/groups")["value"] == []


@pytest.mark.parametrize("lacking", ["displayName", "mailEnabled", "mailNickname", "securityEnabled"])
def test_a_group_needs_names_and_kinds(anna: Client, lacking: str) -> None:
    body = {"displayName": "Team", "mailEnabled": False, "mailNickname": "team", "securityEnabled": True}
    del body[lacking]
    assert anna.refused("POST", "/groups", json=body) == (400, "Request_BadRequest")


def test_two_groups_have_not_one_nickname(anna: Client) -> None:
    team(anna)
    again = {"displayName": "Other", "mailEnabled": False, "mailNickname": "TEAM", "securityEnabled": True}
    answer = anna("POST", "/groups", json=again)
    assert answer.status_code == 400
    assert "mailNickname already exists" in answer.json()["error"]["message"]


def test_members_and_owners_come_and_go(anna: Client) -> None:
    group = team(anna)
    put_in(anna, group, BERT.id)
    page = anna.get(f"/groups/{group}/members")
    assert page["@odata.context"].endswith("$metadata#directoryObjects")
    assert [row["@odata.type"] for row in page["value"]] == ["#microsoft.graph.user"]
    body = {"@odata.id": f"x/directoryObjects/{BERT.id}"}
    answer = anna("POST", f"/groups/{group}/members/$ref", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("One or more added object references already exist")
    put_in(anna, group, BERT.id, "owners")
    assert anna("GET", f"/groups/{group}/owners/$count").text == "2"
    assert anna.get(f"/groups/{group}/members/$ref")["value"] == [
        {"@odata.id": f"{anna.world.base}/v1.0/directoryObjects/{BERT.id}"}
    ]
    assert names(anna.get("/me/ownedObjects")) == ["Team"]
    anna.done("DELETE", f"/groups/{group}/members/{BERT.id}/$ref", 204)
    anna.done("DELETE", f"/groups/{group}/owners/{BERT.id}/$ref", 204)
    assert anna.refused("DELETE", f"/groups/{group}/members/{BERT.id}/$ref")[0] == 404
    assert anna.refused("POST", f"/groups/{group}/members/$ref", json={"@odata.id": f"x/{group}"})[0] == 400
    assert anna.refused("POST", f"/groups/{group}/members/$ref", json={})[0] == 400


def test_groups_in_groups_are_followed_and_circles_end(anna: Client) -> None:
    inner, outer = team(anna, "Inner"), team(anna, "Outer", securityEnabled=False)
    put_in(anna, inner, ANNA.id)
    put_in(anna, outer, inner)
    put_in(anna, outer, BERT.id)
    put_in(anna, inner, outer)
    assert names(anna.get("/me/memberOf")) == ["Inner"]
    assert names(anna.get("/me/transitiveMemberOf")) == ["Inner", "Outer"]
    assert sorted(names(anna.get(f"/groups/{outer}/members"))) == ["Bert Brown", "Inner"]
    assert sorted(names(anna.get(f"/groups/{outer}/transitiveMembers"))) == ["Anna Arnold", "Bert Brown", "Inner"]
    only = anna.get(f"/groups/{outer}/members/microsoft.graph.user?$select=displayName")
    assert names(only) == ["Bert Brown"]
    assert anna("GET", "/me/transitiveMemberOf/graph.group/$count").text == "2"
    assert names(anna.get("/me/memberOf?$filter=displayName eq 'inner'&$select=displayName,id")) == ["Inner"]
    assert anna.done("POST", "/me/getMemberGroups", 200, json={"securityEnabledOnly": True})["value"] == [inner]
    both = anna.done("POST", f"/users/{ANNA.id}/getMemberObjects", 200, json={"SecurityEnabledOnly": False})
    assert both["@odata.context"].endswith("$metadata#Collection(Edm.String)")
    assert both["value"] == [inner, outer]
    body = {"groupIds": [outer, CARL.id]}
    assert anna.done("POST", "/me/checkMemberGroups", 200, json=body)["value"] == [outer]
    assert anna.refused("POST", "/me/checkMemberGroups", json={"groupIds": "x"})[0] == 400
    assert names(anna.get(f"/groups/{inner}/memberOf")) == ["Outer"]
    expanded = anna.get(f"/groups/{inner}?$expand=members($select=displayName)")["members"]
    assert sorted(row["displayName"] for row in expanded) == ["Anna Arnold", "Outer"]


def test_a_removed_group_is_in_no_group(anna: Client) -> None:
    inner, outer = team(anna, "Inner"), team(anna, "Outer")
    put_in(anna, outer, inner)
    anna.done("DELETE", f"/groups/{inner}", 204)
    assert anna.get(f"/groups/{outer}/members")["value"] == []


def test_changes_of_groups_are_told_since_a_link(anna: Client) -> None:
    def follow(link: str) -> Any:
        return anna.get(link.removeprefix(f"{anna.world.base}/v1.0"))

    first, second = team(anna, "First"), team(anna, "Second")
    page = anna.get("/groups/delta?$select=displayName,members&$top=1")
    assert (names(page), "@odata.deltaLink" in page) == (["First"], False)
    page = follow(page["@odata.nextLink"])
    assert names(page) == ["Second"]
    link = page["@odata.deltaLink"]
    assert follow(link)["value"] == []
    put_in(anna, first, BERT.id)
    anna.done("DELETE", f"/groups/{second}", 204)
    told = {row["id"]: row for row in follow(link)["value"]} | {
        row["id"]: row for row in follow(follow(link).get("@odata.nextLink", link))["value"]
    }
    assert told[first]["members@delta"] == [{"@odata.type": "#microsoft.graph.user", "id": BERT.id}]
    assert told[second]["@removed"] == {"reason": "deleted"}
    assert anna.refused("GET", "/groups/delta?$deltatoken=none")[0] == 400


def test_groups_are_found_as_python_o365_looks_for_them(anna: Client) -> None:
    team(anna, "Team", mailEnabled=True)
    team(anna, "Other", mailEnabled=True)
    found = anna.get('/groups/?$search="mail:team@one.test"&$count=true', headers=EVENTUAL)
    assert (found["@odata.count"], names(found)) == (1, ["Team"])


def test_objects_are_found_by_their_ids(anna: Client) -> None:
    group = team(anna)
    assert anna.get(f"/directoryObjects/{group}")["@odata.type"] == "#microsoft.graph.group"
    ids = [ANNA.id, group, "44444444-4444-4444-8444-444444444444"]
    both = anna.done("POST", "/directoryObjects/getByIds", 200, json={"ids": ids})
    assert [row["id"] for row in both["value"]] == ids[:2]
    users = anna.done("POST", "/directoryObjects/getByIds", 200, json={"ids": ids, "types": ["user"]})
    assert [row["@odata.type"] for row in users["value"]] == ["#microsoft.graph.user"]


# People and the tenant


def test_people_are_all_the_others_who_can_be_written_to(anna: Client) -> None:
    (person,) = anna.get("/me/people")["value"]
    assert person["displayName"] == "Bert Brown"
    assert person["scoredEmailAddresses"] == [{"address": BERT.address, "relevanceScore": 1.0}]
    assert anna.get('/me/people?$search="bro"')["value"] == [person]
    assert anna.get('/me/people?$search="zzz"')["value"] == []


def test_the_tenant_has_the_domains_of_its_users(anna: Client) -> None:
    (tenant,) = anna.get("/organization")["value"]
    assert [domain["name"] for domain in tenant["verifiedDomains"]] == ["one.test", "two.test"]
    assert tenant["id"] == anna.world.workspace.signin.tenant
    assert anna.get(f"/organization/{tenant['id']}?$select=displayName")["displayName"] == "one.test"
    assert [(row["id"], row["isDefault"]) for row in anna.get("/domains")["value"]] == [
        ("one.test", True),
        ("two.test", False),
    ]
    assert anna.get("/domains/two.test")["isVerified"] is True
    assert anna.refused("GET", "/domains/three.test") == (404, "Request_ResourceNotFound")


# What a user may, whatever the app may


@pytest.fixture
def bert(world: World) -> Client:
    """A user who is no administrator, through an app that may do everything."""
    return world.caller(world.tokens.user(BERT, "User.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"))


def test_an_app_does_not_let_its_user_change_others(bert: Client) -> None:
    denied = (403, "Authorization_RequestDenied")
    assert bert.refused("PATCH", f"/users/{CARL.id}", json={"jobTitle": "x"}) == denied
    assert bert.refused("PUT", f"/users/{CARL.id}/photo/$value", content=b"x") == denied
    assert bert.refused("POST", f"/users/{CARL.id}/revokeSignInSessions") == denied
    reference = {"@odata.id": f"x/{CARL.id}"}
    assert bert.refused("PUT", "/me/manager/$ref", json=reference) == denied
    assert bert.refused("DELETE", "/me/manager/$ref") == denied
    bert.done("PATCH", "/me", 204, json={"jobTitle": "Clerk"})


def test_groups_are_changed_by_their_owners(anna: Client, bert: Client) -> None:
    new = {"displayName": "Team", "mailNickname": "team", "mailEnabled": False, "securityEnabled": True}
    group = anna.done("POST", "/groups", 201, json=new)["id"]
    denied, member = (403, "Authorization_RequestDenied"), {"@odata.id": f"x/{CARL.id}"}
    assert bert.refused("PATCH", f"/groups/{group}", json={"displayName": "Mine"}) == denied
    assert bert.refused("POST", f"/groups/{group}/members/$ref", json=member) == denied
    assert bert.refused("POST", f"/groups/{group}/owners/$ref", json={"@odata.id": f"x/{BERT.id}"}) == denied
    assert bert.refused("DELETE", f"/groups/{group}") == denied
    anna.done("POST", f"/groups/{group}/owners/$ref", 204, json={"@odata.id": f"x/{BERT.id}"})
    bert.done("POST", f"/groups/{group}/members/$ref", 204, json=member)
    own = bert.done("POST", "/groups", 201, json={**new, "mailNickname": "own"})["id"]
    bert.done("DELETE", f"/groups/{own}", 204)


@pytest.mark.parametrize("nickname", ["bert", "BERT", "a"])
def test_a_group_does_not_get_the_address_of_a_user(anna: Client, nickname: str) -> None:
    new = {"displayName": "g", "mailNickname": nickname, "mailEnabled": True, "securityEnabled": False}
    assert anna.refused("POST", "/groups", json=new) == (400, "Request_BadRequest")
    group = anna.done("POST", "/groups", 201, json=new | {"mailNickname": "g"})
    assert anna.refused("PATCH", f"/groups/{group['id']}", json={"mailNickname": nickname})[0] == 400


def test_the_address_of_a_group_is_not_changed_by_hand(anna: Client) -> None:
    new = {"displayName": "g", "mailNickname": "g", "mailEnabled": False, "securityEnabled": True}
    group = anna.done("POST", "/groups", 201, json=new)
    path = f"/groups/{group['id']}"
    assert anna.refused("PATCH", path, json={"mail": "other@one.test"}) == (400, "Request_BadRequest")
    anna.done("PATCH", path, 204, json={"id": group["id"].upper(), "displayName": "h"})
    assert anna.get(path)["displayName"] == "h"
