"""The face and the contract say the same: routes, handlers, parameters, roles."""

from __future__ import annotations

import re

import pytest

from iredadmin.contract import ROUTES, Route
from postroom.accounts.model import AdminChange, AliasChange, DomainChange, UserChange
from postroom.accounts.services.access import GLOBAL_ONLY
from postroom.errors import PostroomError
from postroom.faces.iredadmin import changes
from postroom.faces.iredadmin import handlers as _handlers  # noqa: F401
from postroom.faces.iredadmin.dispatch import HANDLERS, Dispatch
from postroom.faces.iredadmin.errors import WIRE, ArgumentInvalid, Refused, wire

DISPATCH = Dispatch(ROUTES, HANDLERS)
FILLED = {"domain": "example.com", "mail": "anna@example.com", "new_mail": "eva@example.com", "days": "7"}


def paths() -> list[tuple[str, str, Route]]:
    found = [
        (method, path, route)
        for route in ROUTES.values()
        if route.built
        for method in (route.method, *route.methods)
        for path in route.combinations()
    ]
    assert len(found) > 130
    return found


def test_every_built_route_has_a_handler_with_the_contracts_arguments() -> None:
    apart = {"session.login", "session.logout"}
    assert [fault for fault in DISPATCH.faults() if fault.split()[0] not in apart] == []


@pytest.mark.parametrize(
    ("method", "path", "route"), paths(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_path_leads_to_its_route(method: str, path: str, route: Route) -> None:
    filled = re.sub(r"{(\w+)}", lambda match: FILLED[match[1]], path)
    found = DISPATCH.find(method, filled)
    assert found.route.key == route.key
    assert len(found.places) == len(route.places)


def test_a_path_that_nobody_has_is_refused() -> None:
    for method, path in [
        ("GET", "/"),
        ("GET", "/ml/a@example.com"),
        ("PATCH", "/domains"),
        ("GET", "/user/a@b.test/x"),
    ]:
        with pytest.raises(Refused, match="NO_SUCH_OBJECT"):
            DISPATCH.find(method, path)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/user/anna", "INVALID_MAIL"),
        ("/user/a b@example.com", "INVALID_MAIL"),
        ("/user/%25@example", "INVALID_MAIL"),
        ("/domain/nodots", "INVALID_DOMAIN_NAME"),
        ("/domain/a'b.com", "INVALID_DOMAIN_NAME"),
        ("/domain/-a.com", "INVALID_DOMAIN_NAME"),
    ],
)
def test_what_is_no_address_or_domain_in_a_path_is_told(path: str, code: str) -> None:
    with pytest.raises(ArgumentInvalid, match=code):
        DISPATCH.find("GET", path)


TABLES = {
    "domains.create": changes.NEW_DOMAIN,
    "domains.update": changes.DOMAIN,
    "admins.create": changes.ADMIN,
    "admins.update": changes.ADMIN,
    "users.create": changes.NEW_USER,
    "users.update": changes.USER,
    "users.update_all": {**changes.ALL_USERS},
    "aliases.create": changes.NEW_ALIAS,
    "aliases.update": changes.ALIAS,
    "maillists.create": changes.NEW_ALIAS,
}


@pytest.mark.parametrize("key", TABLES)
def test_every_parameter_is_a_field_of_a_change(key: str) -> None:
    assert set(TABLES[key]) == {param.name for param in ROUTES[key].params}


def test_the_maillists_parameters_are_fields_of_an_alias_change() -> None:
    names = {param.name for param in ROUTES["maillists.update"].params}
    assert names == set(changes.ALIAS) - {"accountStatus"}


@pytest.mark.parametrize(("key", "kind"), [("domains.update", DomainChange), ("users.update", UserChange)])
def test_the_contract_and_the_engine_agree_on_what_only_global_admins_may_change(
    key: str, kind: type[DomainChange] | type[UserChange]
) -> None:
    told = {TABLES[key][param.name].field for param in ROUTES[key].params if param.global_only}
    assert told == GLOBAL_ONLY[kind]


@pytest.mark.parametrize(
    ("tables", "kind"),
    [
        ((changes.NEW_DOMAIN, changes.DOMAIN), DomainChange),
        ((changes.NEW_USER, changes.USER), UserChange),
        ((changes.NEW_ALIAS, changes.ALIAS), AliasChange),
        ((changes.ADMIN,), AdminChange),
    ],
)
def test_every_field_of_a_change_can_be_set(tables: tuple[dict[str, changes.Target], ...], kind: type[object]) -> None:
    reached = {target.field for table in tables for target in table.values()}
    assert reached == set(kind.__dataclass_fields__)  # type: ignore[attr-defined]


def errors(cls: type[PostroomError] = PostroomError) -> list[type[PostroomError]]:
    found = [cls]
    for below in cls.__subclasses__():
        found += errors(below)
    return found


def test_every_error_of_engine_and_face_has_a_row() -> None:
    mine = ("postroom.errors", "postroom.accounts", "postroom.faces.iredadmin")
    missing = [cls for cls in errors() if cls.__module__.startswith(mine) and cls not in WIRE]
    # One that is told as its parent.
    assert {cls.__name__ for cls in missing} <= {"Taken"}
    assert wire(PostroomError("detail"))[0] == "ERROR_WHILE_QUERYING_DB"
