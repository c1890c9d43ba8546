"""The contract: complete, consistent, and its samples are what its shapes say."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from mailstore.contract import GROUPS, SERVER, SPE, Function
from mailstore.contract.model import table

EVERY = [*SERVER.values(), *SPE.values()]


def test_server_has_the_89_sighted_functions_and_the_6_it_shares_with_the_provider_edition() -> None:
    assert len([function for function in SERVER.values() if not function.ours]) == 95


def test_provider_edition_has_the_union_of_all_its_versions() -> None:
    assert len([function for function in SPE.values() if not function.ours]) == 130


def test_every_server_function_is_in_one_group() -> None:
    assert [function.name for _, group in GROUPS for function in group] == list(SERVER)


def test_a_function_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        table(Function("Ping", ""), Function("Ping", ""))


def test_metadata_is_what_the_wire_shows() -> None:
    assert SERVER["VerifyStore"].metadata() == {
        "name": "VerifyStore",
        "args": [
            {"name": "id", "type": "number", "nullable": False},
            {"name": "includeIndexes", "type": "bool", "nullable": True},
        ],
    }


def test_instance_functions_take_the_instance_first() -> None:
    for name in ("GetUsers", "VerifyStore", "CreateStore", "GetJobs"):
        assert SPE[name].params[0].name == "instanceID"


def test_lists_that_grow_can_be_paged_and_say_so_as_an_addition() -> None:
    paged = [function for function in SERVER.values() if function.paged]
    assert [function.name for function in paged] == ["GetUsers", "GetFolderStatistics", "GetMessages"]
    assert all(param.ours for function in paged for param in function.params if param.name in {"limit", "after"})


@pytest.mark.parametrize("function", EVERY, ids=lambda function: function.name)
def test_row_is_consistent(function: Function) -> None:
    assert function.doc.endswith(".")
    assert function.source
    assert len({param.name.lower() for param in function.params}) == len(function.params)
    for param in function.params:
        assert param.type == "string" or not param.many
        assert (param.shape is not None) == (param.type == "json")
        assert param.default is None or not param.values or param.default in param.values
        assert param.secret == (param.name in {"password", "passphrase", "encryptionKey"})


@pytest.mark.parametrize("function", EVERY, ids=lambda function: function.name)
def test_sample_has_the_shape_the_row_gives(function: Function) -> None:
    if function.result is not None:
        assert _strict(function.result.sample, function.result.type) == function.result.sample


def _strict(sample: Any, shape: Any) -> Any:
    """The sample as the shape reads it; keys the shape does not know are dropped, and so are noticed."""
    return msgspec.convert(sample, shape, strict=True)
