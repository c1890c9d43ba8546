from __future__ import annotations

import inspect
from types import ModuleType

import pytest

from postroom import errors as common
from postroom.errors import Invalid, NotFound, PostroomError
from postroom.faces.graph import handlers as _handlers  # noqa: F401  registers them
from postroom.faces.graph.dispatch import HANDLERS, faults
from postroom.faces.graph.errors import WIRE, wire
from postroom.faces.graph.route import Family
from postroom.faces.graph.routes import ROUTES
from postroom.workspace import errors as workspace
from postroom.workspace.query import errors as query

FAMILIES: tuple[Family, ...] = ("outlook", "directory", "files", "core")


def classes(module: ModuleType) -> list[type[PostroomError]]:
    found = [cls for _, cls in inspect.getmembers(module, inspect.isclass) if issubclass(cls, PostroomError)]
    return [cls for cls in found if cls.__module__ == module.__name__]


def test_every_error_of_the_engine_has_a_row() -> None:
    missing = [cls for module in (common, workspace, query) for cls in classes(module) if cls not in WIRE]
    assert missing == []


def test_every_row_has_a_code_for_every_family() -> None:
    assert [cls for cls, row in WIRE.items() if row.codes.keys() != set(FAMILIES)] == []


def test_routes_and_handlers_agree() -> None:
    assert list(faults(ROUTES, HANDLERS)) == []


@pytest.mark.parametrize(
    ("error", "family", "status", "code"),
    [
        (NotFound("message", "x"), "outlook", 404, "ErrorItemNotFound"),
        (NotFound("user", "x"), "outlook", 404, "ErrorInvalidUser"),
        (NotFound("photo", "x"), "outlook", 404, "ImageNotFound"),
        (NotFound("item", "x"), "files", 404, "itemNotFound"),
        (Invalid("id", "an id"), "outlook", 400, "ErrorInvalidIdMalformed"),
        (Invalid("$filter", "a comparison"), "outlook", 400, "RequestBroker--ParseUri"),
        (Invalid("$filter", "a comparison"), "directory", 400, "BadRequest"),
        (Invalid("subject", "text"), "outlook", 400, "ErrorInvalidRequest"),
        (workspace.UnknownProperty("colour", "message"), "outlook", 400, "RequestBodyRead"),
        (workspace.TooOld(), "outlook", 410, "SyncStateNotFound"),
        (workspace.TooOld(), "files", 410, "resyncRequired"),
        (common.NoSpace("/x"), "files", 507, "quotaLimitReached"),
        (common.Denied("no"), "outlook", 403, "ErrorAccessDenied"),
    ],
)
def test_each_error_is_said_as_its_family_says_it(error: PostroomError, family: Family, status: int, code: str) -> None:
    told = wire(error, family)
    assert (told.status, told.code) == (status, code)


def test_what_may_be_repeated_says_when() -> None:
    assert wire(common.Unavailable("The disk does not answer."), "outlook").headers == {"Retry-After": "5"}


def test_paths_of_this_machine_are_not_told() -> None:
    for error in (
        common.NoSpace("/srv/secret"),
        common.Damaged("/srv/secret is damaged"),
        PostroomError("/srv/secret"),
    ):
        assert "secret" not in wire(error, "outlook").message
