"""The contract and the handlers agree."""

from __future__ import annotations

import pytest

from mailstore.contract import SPE
from mailstore.contract.spe import INSTANCE as INSTANCE_ID
from mailstore.contract.spe import WITHOUT_ACCESS
from postroom.faces.mailstore.server import handlers as _server  # noqa: F401
from postroom.faces.mailstore.server.dispatch import Dispatch
from postroom.faces.mailstore.spe import handlers as _own  # noqa: F401
from postroom.faces.mailstore.spe import jobs
from postroom.faces.mailstore.spe.register import INSTANCE, MANAGEMENT


def test_every_function_of_the_installation_has_its_handler() -> None:
    own = {name: function for name, function in SPE.items() if name in MANAGEMENT}
    assert [*Dispatch(own, MANAGEMENT).faults()] == []


def test_every_function_of_an_instance_has_its_handler() -> None:
    assert [*Dispatch(jobs.functions(), jobs.handlers()).faults()] == []


def test_nothing_that_is_built_is_without_a_handler() -> None:
    there = MANAGEMENT.keys() | jobs.handlers().keys()
    assert [name for name, function in SPE.items() if function.built and name not in there] == []


def test_what_the_server_has_otherwise_is_not_taken_from_it() -> None:
    assert INSTANCE.keys() == {"CreateStore", "AttachStore", "SetStorePath"}
    assert all(jobs.handlers()[name] is handler for name, handler in INSTANCE.items())


@pytest.mark.parametrize("name", ["GetStores", "CreateStore", "VerifyStores", "SelectAllStoreIndexesForRebuild"])
def test_stores_and_indexes_need_no_access(name: str) -> None:
    assert name in WITHOUT_ACCESS


@pytest.mark.parametrize("name", ["GetUsers", "SearchMessages", "GetJobs", "SetComplianceConfiguration", "GetProfiles"])
def test_everything_else_of_an_instance_does(name: str) -> None:
    assert name not in WITHOUT_ACCESS
    assert SPE[name].params[0] == INSTANCE_ID
