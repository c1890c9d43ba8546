"""The type table: names in any case, inheritance, what only derived types have."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from postroom.workspace.schema.types import SCHEMA, EntityType, is_subtype

MESSAGE = SCHEMA.entity("message")
EVENT_MESSAGE = SCHEMA.entity("eventMessage")


@pytest.mark.parametrize("name", ["message", "microsoft.graph.message", "#microsoft.graph.message", "graph.Message"])
def test_a_type_is_found_however_it_is_named(name: str) -> None:
    assert SCHEMA.find(name) is MESSAGE


def test_an_unknown_type_is_not_found() -> None:
    assert SCHEMA.find("microsoft.graph.parcel") is None
    assert SCHEMA.find_enum("parcel") is None


def test_a_property_is_found_in_any_case_and_from_the_base_types() -> None:
    found = MESSAGE.property("RECEIVEDDATETIME")
    assert found is not None
    assert (found.name, found.type, found.collection) == ("receivedDateTime", "Edm.DateTimeOffset", False)
    inherited = [MESSAGE.property(name) for name in ("id", "Categories")]
    assert [found and found.name for found in inherited] == ["id", "categories"]
    assert MESSAGE.property("attachments") is None
    assert MESSAGE.member("attachments") == MESSAGE.navigation("ATTACHMENTS")


def test_what_only_a_derived_type_has_is_found_apart() -> None:
    assert MESSAGE.member("event") is None
    assert MESSAGE.derived_member("EVENT") == EVENT_MESSAGE.navigation("event")
    assert MESSAGE.derived_member("parcel") is None


def test_subtypes_are_told_through_several_steps() -> None:
    request = SCHEMA.entity("eventMessageRequest")
    assert is_subtype(request, MESSAGE)
    assert is_subtype(MESSAGE, MESSAGE)
    assert not is_subtype(MESSAGE, request)
    assert request in MESSAGE.below()


def test_an_open_base_makes_its_subtypes_open() -> None:
    assert SCHEMA.entity("user").open
    assert not SCHEMA.entity("mailFolder").open
    assert EVENT_MESSAGE.open


def test_enums_know_their_members_in_any_case() -> None:
    assert SCHEMA.enum("importance").member("HIGH") == "high"
    assert SCHEMA.enum("importance").member("urgent") is None
    assert SCHEMA.find_enum("microsoft.graph.Importance") is SCHEMA.enum("importance")


def test_every_named_type_of_a_property_is_in_the_table() -> None:
    def known(type_name: str) -> bool:
        return type_name.startswith("Edm.") or bool(SCHEMA.find(type_name) or SCHEMA.find_enum(type_name))

    types: list[EntityType] = [*SCHEMA.entities.values(), *SCHEMA.complexes.values()]
    assert [(t.name, p.name) for t in types for p in t.properties.values() if not known(p.type)] == []


def test_the_notice_that_the_table_asks_for_lies_beside_it() -> None:
    folder = files("postroom.workspace.schema")
    source = json.loads((folder / "graph-types.json").read_bytes())["_source"]
    notice = (folder / "graph-types.LICENSE").read_text("utf-8")
    assert source["commit"] in notice
    assert "Copyright (c) 2018 Microsoft Graph" in notice
