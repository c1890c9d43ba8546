"""The OpenAPI document: whole, consistent, and as the wire has it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from iredadmin.contract import DRY_RUN, ROUTES
from iredadmin.openapi import FORM, JSON, document

URL = "https://localhost:8464/iredadmin"
VERBS = {"get", "post", "put", "delete"}


@pytest.fixture(scope="module")
def api() -> dict[str, Any]:
    return document(ROUTES, URL)


def operations(api: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, verb, operation) for path, verbs in api["paths"].items() for verb, operation in verbs.items()]


def fields(api: dict[str, Any], path: str, verb: str, media: str) -> dict[str, Any]:
    schema: dict[str, Any] = api["paths"][path][verb]["requestBody"]["content"][media]["schema"]
    return schema


def test_it_is_a_document_of_the_version_that_it_says(api: dict[str, Any]) -> None:
    assert api["openapi"] == "3.1.0"
    assert {"title", "version"} <= api["info"].keys()
    assert api["servers"] == [{"url": URL}]
    assert json.loads(json.dumps(api)) == api
    for path, verb, operation in operations(api):
        assert path.startswith("/api/")
        assert verb in VERBS
        assert operation["responses"]["200"]["description"]
        assert set(operation["tags"]) <= {tag["name"] for tag in api["tags"]}
        assert all(
            name in api["components"]["securitySchemes"] for each in operation.get("security", []) for name in each
        )


def test_every_route_is_there_and_every_operation_once(api: dict[str, Any]) -> None:
    identifiers = [operation["operationId"] for _, _, operation in operations(api)]
    assert len(set(identifiers)) == len(identifiers)
    assert {".".join(identifier.split(".")[:2]) for identifier in identifiers} == set(ROUTES)


def test_no_two_paths_differ_in_the_names_of_their_places_only(api: dict[str, Any]) -> None:
    shapes = [re.sub("{[^}]*}", "{}", path) for path in api["paths"]]
    assert len(set(shapes)) == len(shapes)


def test_places_and_parameters_are_described_once_each(api: dict[str, Any]) -> None:
    for path, _, operation in operations(api):
        given = [param for param in operation["parameters"] if "$ref" not in param]
        assert len({(param["in"], param["name"]) for param in given}) == len(given)
        assert [param["name"] for param in given if param["in"] == "path"] == re.findall("{([^}]*)}", path)
        assert all(param["required"] for param in given if param["in"] == "path")
        assert all(param["schema"] and param["description"] for param in given)


def test_it_refers_to_what_it_defines_only(api: dict[str, Any]) -> None:
    references = set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(api)))
    assert references
    for reference in references:
        place: Any = api
        for key in reference.split("/"):
            place = place[key]


def test_forms_have_texts_and_json_bodies_have_values(api: dict[str, Any]) -> None:
    form, body = (fields(api, "/api/user/{mail}", "put", media)["properties"] for media in (FORM, JSON))
    assert form.keys() == body.keys() == {param.name for param in (*ROUTES["users.update"].params, DRY_RUN)}
    assert form["isGlobalAdmin"]["enum"] == ["yes", "no"]
    assert body["isGlobalAdmin"]["type"] == "boolean"
    assert form["forwarding"]["type"] == "string"
    assert body["forwarding"] == {**body["forwarding"], "type": "array", "items": {"type": "string"}}
    assert form["quota"] == {**form["quota"], "type": "integer", "minimum": 0}
    assert "`mailQuota`" in form["quota"]["description"]
    assert form["password"]["format"] == "password"
    assert fields(api, "/api/throttle/{account}/{direction}", "post", FORM)["required"] == ["period"]


def test_deletes_and_reads_have_queries(api: dict[str, Any]) -> None:
    delete = api["paths"]["/api/domain/{domain}"]["delete"]
    assert "requestBody" not in delete
    assert [param["name"] for param in delete["parameters"] if param.get("in") == "query"] == ["dry_run"]
    listed = api["paths"]["/api/users/{domain}"]["get"]["parameters"]
    assert {"limit", "after", "search", "email_only"} <= {param.get("name") for param in listed}


def test_answers_have_the_envelope(api: dict[str, Any]) -> None:
    def answer(path: str, verb: str) -> Any:
        return api["paths"][path][verb]["responses"]["200"]["content"]["application/json"]["schema"]["oneOf"]

    success, failure = answer("/api/user/{mail}", "delete")
    assert (success, failure) == tuple({"$ref": f"#/components/schemas/{name}"} for name in ("Success", "Failure"))
    read = answer("/api/user/{mail}", "get")[0]["allOf"][1]
    assert read["required"] == ["_data"]
    assert read["properties"]["_data"]["type"] == "object"
    assert "_next" in answer("/api/users/{domain}", "get")[0]["allOf"][1]["properties"]


def test_signing_in_needs_nothing_and_all_else_a_session_or_token(api: dict[str, Any]) -> None:
    assert api["security"] == [{"session": []}, {"token": []}]
    assert api["components"]["securitySchemes"]["session"]["in"] == "cookie"
    assert api["paths"]["/api/login"]["post"]["security"] == []
    assert "security" not in api["paths"]["/api/domains"]["get"]


def test_it_can_be_limited_to_what_a_server_has() -> None:
    paths = document([route for route in ROUTES.values() if route.built and not route.withdrawn], URL)["paths"]
    assert "/api/user/{mail}" in paths
    assert "/api/ml/{mail}" not in paths
    assert "/api/domain/services/{domain}" not in paths
