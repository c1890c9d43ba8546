"""What is made from the contract: methods, reference page, OpenAPI."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from typing import Any

import pytest
from scripts.generate_client import FILES, ROOT

from mailstore import spe
from mailstore.aio import ServerClient
from mailstore.contract import SERVER, SPE, Function
from mailstore.openapi import document
from mailstore.server import Client

URL = "https://localhost:8463"


@pytest.mark.parametrize("name", [name for name, _ in FILES])
def test_generated_file_is_fresh(name: str) -> None:
    assert (ROOT / name).read_text("utf-8") == dict(FILES)[name]()


@pytest.mark.parametrize("kind", [Client, ServerClient])
def test_every_function_has_a_typed_method_with_the_parameters_of_its_row(kind: type) -> None:
    for name, function in SERVER.items():
        parameters = list(inspect.signature(getattr(kind, name)).parameters)
        assert parameters == ["self", *(param.name for param in function.params), "autoHandleToken"]


@pytest.mark.parametrize(("page", "functions"), [("mailstore-server", SERVER), ("mailstore-spe", SPE)])
def test_reference_page_covers_every_function(page: str, functions: dict[str, Function]) -> None:
    text = (ROOT / f"docs/reference/{page}.md").read_text("utf-8")
    assert re.findall("^### (.*)$", text, re.MULTILINE) == list(functions)


def test_reference_page_tells_which_methods_take_the_argument_for_tokens() -> None:
    text = (ROOT / "docs/reference/mailstore-spe.md").read_text("utf-8")
    marked = re.findall(r"^### (\w+)\n\n.*\n\n\*\w+, (?:long|may be long), ", text, re.MULTILINE)
    assert marked == [
        name for name in SPE if "autoHandleToken" in inspect.signature(getattr(spe.Client, name)).parameters
    ]


def test_contract_needs_the_standard_library_only() -> None:
    code = "import sys, mailstore.contract; print([m for m in ('httpx2', 'msgspec', 'postroom') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.fixture(scope="module")
def api() -> dict[str, Any]:
    return document(SERVER, URL)


def test_openapi_of_many_instances_tells_of_each_message_whose_it_is() -> None:
    made = document(SPE, URL, title="Management API", instances=True)
    assert {path.removeprefix("/api/invoke/") for path in made["paths"] if path.startswith("/api/invoke/")} == set(SPE)
    [where] = [path for path in made["paths"] if path.startswith("/api/message")]
    assert where == "/api/message/{instanceID}/{id}"
    assert [row["name"] for row in made["paths"][where]["get"]["parameters"]] == ["instanceID", "id"]


def test_openapi_has_every_function_once(api: dict[str, Any]) -> None:
    identifiers = [verb["operationId"] for path in api["paths"].values() for verb in path.values()]
    assert len(set(identifiers)) == len(identifiers)
    assert set(SERVER) <= set(identifiers)
    assert api["servers"] == [{"url": URL}]


def test_openapi_refers_to_what_it_defines_only(api: dict[str, Any]) -> None:
    text = json.dumps(api)
    for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', text)):
        place: Any = api
        for key in reference.split("/"):
            place = place[key]


def test_openapi_describes_fields_as_the_wire_has_them(api: dict[str, Any]) -> None:
    def fields(name: str) -> dict[str, Any]:
        body = api["paths"][f"/api/invoke/{name}"]["post"]["requestBody"]
        [(media, content)] = body["content"].items()
        assert media == "application/x-www-form-urlencoded"
        schema: dict[str, Any] = content["schema"]
        return schema

    verify = fields("VerifyStore")
    assert verify["required"] == ["id"]
    assert verify["properties"]["includeIndexes"]["type"] == "boolean"
    compliance = fields("SetComplianceConfiguration")["properties"]["config"]
    assert compliance["contentMediaType"] == "application/json"
    assert compliance["contentSchema"] == {"$ref": "#/components/schemas/Compliance"}
    user = fields("CreateUser")["properties"]
    assert user["password"]["format"] == "password"
    assert "changePassword" in user["privileges"]["description"]
    assert fields("CreateJob")["properties"]["interval"]["enum"][0] == 5


def test_openapi_can_be_limited_to_what_a_server_has() -> None:
    paths = document([SERVER["GetUsers"], SERVER["VerifyStore"]], URL)["paths"]
    functions = [path for path in paths if path.startswith("/api/invoke/")]
    assert functions == ["/api/invoke/GetUsers", "/api/invoke/VerifyStore"]
