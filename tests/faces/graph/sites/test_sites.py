"""Sites over HTTP: how they are named, who may see them."""

from __future__ import annotations

import pytest
from tests.faces.graph.graph_server import ANNA, BERT, World
from tests.faces.graph.planner.conftest import make_group
from tests.faces.graph.sites.conftest import Land


def test_the_root_is_reached_by_its_name_its_host_and_its_id(land: Land) -> None:
    root = land.anna.get("/sites/root")
    assert root["id"] == land.anna.get("/sites/one.sharepoint.com")["id"] == land.anna.get(f"/sites/{root['id']}")["id"]
    host, collection, web = root["id"].split(",")
    assert (host, len(collection), len(web)) == ("localhost", 36, 36)
    assert root["root"] == {}
    assert root["siteCollection"] == {"hostname": "localhost"}


@pytest.mark.parametrize("path", ["/sites/root:/sites/yard", "/sites/one.sharepoint.com:/sites/yard:",
                                  "/sites/root:/Sites/YARD:", "/sites/root/getByPath(path='/sites/yard')"])  # fmt: skip
def test_a_site_is_reached_by_its_path(land: Land, path: str) -> None:
    found = land.anna.get(path)
    assert (found["displayName"], found["name"]) == ("The Yard", "yard")
    assert found["webUrl"].endswith("/sites/yard")


def test_below_a_path_there_are_the_things_of_the_site(land: Land) -> None:
    assert (
        land.anna.get("/sites/one.sharepoint.com:/sites/yard:/lists")["value"]
        == land.anna.get(f"{land.yard}/lists")["value"]
    )


def test_subsites_lie_in_their_site(land: Land) -> None:
    (plans,) = land.anna.get(f"{land.yard}/sites")["value"]
    assert plans["displayName"] == "Plans of the yard"
    assert "root" not in plans
    assert plans["id"].split(",")[1] == land.yard.split(",")[1]
    assert land.anna.get("/sites/root/sites")["value"] == []


@pytest.mark.parametrize(("words", "titles"), [("carts", {"The Yard"}), ("yard", {"The Yard", "Plans of the yard"}),
                                               ("hammers", {"Smiths"}), ("nothing of the kind", set())])  # fmt: skip
def test_sites_are_found_by_words(land: Land, words: str, titles: set[str]) -> None:
    found = land.anna.get("/sites", params={"search": words})["value"]
    assert {site["displayName"] for site in found} == titles


def test_a_star_finds_all_sites_that_one_may_see(land: Land) -> None:
    mine = {site["displayName"] for site in land.anna.get("/sites?search=*")["value"]}
    assert mine == {"Communication site", "The Yard", "Plans of the yard", "Smiths"}
    assert {site["displayName"] for site in land.bert.get("/sites?search=*")["value"]} == mine - {"Smiths"}


def test_each_group_has_a_site_for_its_members(land: Land) -> None:
    site = land.anna.get(f"/groups/{land.group}/sites/root")
    assert site["displayName"] == "Smiths"
    assert land.anna.get("/sites/root:/sites/smiths")["id"] == site["id"]
    made = land.anna.done("POST", f"/groups/{land.group}/sites/root/lists", 201, json={"displayName": "Tools"})
    assert land.anna.get(f"/sites/{site['id']}/lists/Tools")["id"] == made["id"]
    for path in (f"/sites/{site['id']}", f"/groups/{land.group}/sites/root", f"/sites/{site['id']}/lists/Tools/items"):
        assert land.bert.refused("GET", path) == (403, "accessDenied")
    (permission,) = land.anna.get(f"/sites/{site['id']}/permissions")["value"]
    assert permission["grantedToV2"]["group"]["id"] == land.group


def test_an_administrator_reaches_what_groups_own(world: World) -> None:
    scopes = ("Sites.ReadWrite.All", "Tasks.ReadWrite", "Group.ReadWrite.All", "Files.ReadWrite.All")
    anna, bert = (world.caller(world.tokens.user(one, *scopes)) for one in (ANNA, BERT))
    group = make_group(bert, "berts")
    site = anna.get(f"/groups/{group}/sites/root")["id"]
    anna.done("POST", f"/sites/{site}/lists", 201, json={"displayName": "Tools"})
    anna.done("POST", "/planner/plans", 201, json={"owner": group, "title": "Yard"})
    assert anna.get(f"/groups/{group}/drive")["id"] == anna.get(f"/sites/{site}/drive")["id"]
    anna.done("PUT", f"/groups/{group}/drive/root:/a.txt:/content", 201, content=b"x")


def test_a_site_that_is_not_there_is_not_found(land: Land) -> None:
    assert land.anna.refused("GET", "/sites/root:/sites/nowhere") == (404, "itemNotFound")
    assert land.anna.refused("GET", "/sites/nowhere") == (404, "itemNotFound")
    assert land.anna.refused("GET", f"/groups/{land.group}/sites/one.test,{land.group},{land.yard[-36:]}")[0] == 404


def test_ids_of_sharepoint_are_told_to_who_selects_them(land: Land) -> None:
    assert "sharepointIds" not in land.anna.get(land.yard)
    assert land.anna.get(f"{land.yard}?$select=sharepointIds")["sharepointIds"]["webId"] == land.yard[-36:]


def test_reading_needs_a_scope_and_writing_another(land: Land) -> None:
    world: World = land.world
    reader = world.caller(world.tokens.user(BERT, "Sites.Read.All"))
    assert reader.get(land.yard)["displayName"] == "The Yard"
    assert reader.refused("POST", f"{land.yard}/lists", json={"displayName": "x"}) == (403, "accessDenied")
    assert world.caller(world.tokens.user(BERT, "User.Read")).refused("GET", "/sites/root")[0] == 403
    app = world.caller(world.tokens.app("Sites.Read.All"))
    assert len(app.get("/sites/getAllSites")["value"]) == 4
