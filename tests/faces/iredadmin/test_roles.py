"""Who may call what: every route by every role, as a dry run that makes all checks and changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.accounts.services.slapd_fixtures import fresh_ldap
from tests.faces.iredadmin.conftest import (
    CREATOR,
    DOMAIN_ADMIN,
    GLOBAL,
    NOBODY,
    OTHER,
    PASSWORD,
    Caller,
    World,
    configured,
    populate,
    serving,
)

from iredadmin.contract import ROUTES, Param, Route
from postroom.accounts.database import initialise
from postroom.accounts.database.connect import Databases
from postroom.accounts.model import ALL, AliasChange, DomainChange
from postroom.accounts.services.access import LOCAL

ROLES = (GLOBAL, CREATOR, DOMAIN_ADMIN, OTHER)
FORBIDDEN = re.compile(r"PERMISSION_DENIED|PERMISSION_DENIED_UPDATE_GLOBAL_ADMIN_PROFILE")
FILLED = {"domain": "one.test", "mail": "plain@one.test", "new_mail": "new@one.test", "days": "7"}
SAMPLES = {"number": "60", "flag": "yes", "status": "active", "list": "eva@example.com", "text": "x"}


LISTED = "list@one.test"
ON_LDAP = {"ldif.admin": GLOBAL, "ldif.alias": "team@one.test", "maillists.create": "fresh@one.test"}
"""Whom calls that only LDAP has are about, where not the mailing list."""


def cases(*, ldap: bool = False) -> list[tuple[Route, str]]:
    return [
        (route, path)
        for route in ROUTES.values()
        if route.built and (route.backends == "LDAP") is ldap and route.resource != "session"
        for path in route.combinations()
    ]


def allowed(role: str, route: Route, path: str) -> bool:
    """What the roles of the reference say of a call that is about one.test."""
    if role == GLOBAL:
        return True
    if route.who == "global" or (route.scoped and path.strip("/").split("/").count("global")):
        return False
    if route.key in {"domains.list", "log.list"}:
        return True
    if route.key == "domains.create":
        return role == CREATOR
    if route.who == "creator":
        return False  # a creator may delete domains, but one.test is not theirs
    return role == DOMAIN_ADMIN


def form(route: Route) -> dict[str, str]:
    needed = {param.name: sample(param) for param in route.params if param.required}
    if route.key in {"users.create", "admins.create"}:
        needed["password"] = PASSWORD
    if route.key == "domains.admins":
        needed["addAdmin"] = "plain@one.test"
    return {**needed, **({"dry_run": "yes"} if route.changes else {})}


def sample(param: Param) -> str:
    return param.values[0] if param.values else SAMPLES[param.kind]


@pytest.fixture(scope="module")
def one(tls: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with serving(configured(), tls, tmp_path_factory.mktemp("roles")) as world:
        populate(world.accounts)
        yield world


@pytest.fixture(scope="module")
def callers(one: World) -> dict[str, Caller]:
    return {role: one.caller(role) for role in ROLES}


def snapshot(world: World) -> list[object]:
    accounts = world.accounts
    domains = [row.profile for row in accounts.domains.all(LOCAL)]
    users = [row.profile for name in ("one.test", "two.test") for row in accounts.users.all(LOCAL, name)]
    return [*domains, *users, accounts.policies.all_greylisting(LOCAL), accounts.admins.get(LOCAL, CREATOR), ALL]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("route", "path"), cases(), ids=lambda value: value if isinstance(value, str) else value.key)
def test_a_role_may_do_what_the_reference_says_and_a_dry_run_changes_nothing(
    role: str, route: Route, path: str, callers: dict[str, Caller], one: World
) -> None:
    before = snapshot(one)
    # Creating needs a name that is not there yet.
    places = {**FILLED, "domain": "new.test"} if route.key == "domains.create" else dict(FILLED)
    if route.key in {"users.create", "aliases.create"}:
        places["mail"] = "fresh@one.test"
    url = re.sub(r"{(\w+)}", lambda match: places[match[1]], path)
    answer = callers[role].call(route.method, url, **form(route))
    refused = bool(FORBIDDEN.fullmatch(str(answer.get("_msg", ""))))
    assert refused is not allowed(role, route, path), answer
    assert snapshot(one) == before


def test_nobody_may_call_anything_without_signing_in(one: World) -> None:
    stranger = one.caller()
    for route, path in cases():
        url = re.sub(r"{(\w+)}", lambda match: FILLED[match[1]], path)
        assert stranger.refused(route.method, url, **form(route)) == "LOGIN_REQUIRED"


def test_a_plain_user_cannot_sign_in(one: World) -> None:
    stranger = one.caller()
    assert stranger.refused("POST", "/login", username=NOBODY, password=PASSWORD) == "INVALID_CREDENTIALS"


@pytest.fixture(scope="module")
def on_ldap(tls: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("ldap")
    url = f"sqlite:///{folder / 'rest.db'}"
    accounts = replace(fresh_ldap(request, folder), iredapd_url=url, amavisd_url=url, connect_timeout_s=30.0)
    databases = Databases.open(accounts, folder)
    initialise.create(databases)
    databases.close()
    with serving(replace(configured(), accounts=accounts), tls, folder) as world:
        populate(world.accounts)
        world.accounts.maillists.create(LOCAL, LISTED, AliasChange(name="List"))
        world.accounts.aliases.create(LOCAL, "team@one.test", AliasChange(name="Team"))
        world.accounts.domains.update(LOCAL, "one.test", DomainChange(catchall=("plain@one.test",)))
        yield world


@pytest.fixture(scope="module")
def callers_on_ldap(on_ldap: World) -> dict[str, Caller]:
    return {role: on_ldap.caller(role) for role in ROLES}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("route", "path"), cases(ldap=True), ids=lambda value: value if isinstance(value, str) else value.key
)
def test_a_role_may_do_on_ldap_what_the_reference_says_and_a_dry_run_changes_nothing(
    role: str, route: Route, path: str, callers_on_ldap: dict[str, Caller], on_ldap: World
) -> None:
    before = [*snapshot(on_ldap), on_ldap.accounts.maillists.get(LOCAL, LISTED)]
    about = "plain@one.test" if route.key == "ldif.user" else ON_LDAP.get(route.key, LISTED)
    url = path.format(domain="one.test", mail=about)
    answer = callers_on_ldap[role].call(route.method, url, **form(route))
    if allowed(role, route, path):
        assert answer["_success"] is True, answer
    else:
        assert FORBIDDEN.fullmatch(answer["_msg"]), answer
    assert [*snapshot(on_ldap), on_ldap.accounts.maillists.get(LOCAL, LISTED)] == before


def test_nobody_may_call_on_ldap_without_signing_in(on_ldap: World) -> None:
    stranger = on_ldap.caller()
    for route, path in cases(ldap=True):
        url = path.format(domain="one.test", mail=LISTED)
        assert stranger.refused(route.method, url, **form(route)) == "LOGIN_REQUIRED"


def test_what_only_ldap_has_is_allowed_to_nobody_on_sql(callers: dict[str, Caller]) -> None:
    for caller in callers.values():
        for route, path in cases(ldap=True):
            url = path.format(domain="one.test", mail=LISTED)
            assert caller.refused(route.method, url, **form(route)) == "NOT_ALLOWED"
