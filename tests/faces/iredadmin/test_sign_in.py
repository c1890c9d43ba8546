"""Sessions, tokens and address lists, through the API."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from tests.faces.iredadmin.conftest import CREATOR, DOMAIN_ADMIN, GLOBAL, NOBODY, PASSWORD, Caller, World

from postroom.accounts import settings_store
from postroom.accounts.addresses import domain_of
from postroom.accounts.database.tables import iredadmin
from postroom.accounts.model import AdminChange, ListChange, UserChange
from postroom.accounts.services.access import LOCAL
from postroom.settings import Web

Make = Callable[..., World]


def attempt(world: World, username: str, password: str) -> str:
    return world.caller().refused("POST", "/login", username=username, password=password)


def test_the_cookie_is_for_this_site_over_tls_only_and_no_script_sees_it(world: World) -> None:
    answer = world.caller().raw("POST", "/login", {"username": GLOBAL, "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    name, _, rest = cookie.partition("=")
    assert name == "iRedAdmin-SQLITE"
    assert {"HttpOnly", "Secure", "SameSite=strict", "Path=/"} <= {part.strip() for part in rest.split(";")}
    assert "domain" not in cookie.lower()


def test_all_who_may_not_sign_in_get_one_answer(world: World) -> None:
    world.accounts.admins.create(LOCAL, "off@elsewhere.test", AdminChange(password=PASSWORD, active=False))
    refused = [
        attempt(world, GLOBAL, "wrong"),
        attempt(world, "nobody@one.test", PASSWORD),
        attempt(world, NOBODY, PASSWORD),
        attempt(world, "off@elsewhere.test", PASSWORD),
        attempt(world, "nobody@nowhere.test", "x"),
    ]
    assert set(refused) == {"INVALID_CREDENTIALS"}
    assert attempt(world, "no address", PASSWORD) == "INVALID_USERNAME"
    assert attempt(world, GLOBAL, "") == "EMPTY_PASSWORD"


@pytest.mark.parametrize(
    "username", ["' OR 1=1 --", "*@one.test", "admin@one.test)(mail=*", "%@one.test", "a" * 3000, "\0", "é@one.test"]
)
def test_injected_names_sign_nobody_in(world: World, username: str) -> None:
    assert attempt(world, username, PASSWORD) in {"INVALID_USERNAME", "INVALID_CREDENTIALS"}


def test_names_are_taken_in_any_case(world: World) -> None:
    assert world.caller().call("POST", "/login", username=DOMAIN_ADMIN.upper(), password=PASSWORD)["_success"]


def test_forged_sessions_are_nobodys(world: World) -> None:
    for value in ("", "0", "f" * 64, "' OR '1'='1", "g" * 64, "a" * 5000):
        stranger = world.caller(headers={"Cookie": f"iRedAdmin-SQLITE={value}"})
        assert stranger.refused("GET", "/domains") == "LOGIN_REQUIRED"


def test_what_the_table_has_of_a_session_is_no_session(world: World, root: Caller) -> None:
    with world.accounts.core.databases.read() as unit:
        stored = unit.iredadmin.execute(select(iredadmin.sessions.c.session_id)).scalars().all()
    for session_id in stored:
        thief = world.caller(headers={"Cookie": f"iRedAdmin-SQLITE={session_id}"})
        assert thief.refused("GET", "/domains") == "LOGIN_REQUIRED"


def test_a_session_that_was_not_used_for_long_is_expired(world: World, root: Caller) -> None:
    with world.accounts.core.databases.write() as unit:
        unit.iredadmin.execute(update(iredadmin.sessions).values(atime="2020-01-01 00:00:00"))
    assert root.refused("GET", "/domains") == "SESSION_EXPIRED"


def test_a_session_stays_with_the_address_that_signed_in(make_world: Make) -> None:
    world = make_world()
    session = world.accounts.sessions.create(GLOBAL, "192.0.2.7")
    thief = world.caller(headers={"Cookie": f"iRedAdmin-SQLITE={session}"})
    assert thief.refused("GET", "/domains") == "LOGIN_REQUIRED"
    moved = make_world(session_ignore_change_ip=True)
    session = moved.accounts.sessions.create(GLOBAL, "192.0.2.7")
    assert moved.caller(headers={"Cookie": f"iRedAdmin-SQLITE={session}"}).done("GET", "/domains")


def test_signing_out_ends_the_session(root: Caller) -> None:
    kept = dict(root.http.cookies)
    root.done("POST", "/logout")
    root.http.cookies.update(kept)
    assert root.refused("GET", "/domains") == "LOGIN_REQUIRED"


@pytest.mark.parametrize(
    "end",
    [
        lambda root: root.done("PUT", f"/user/{DOMAIN_ADMIN}", password="Another-1234"),
        lambda root: root.done("PUT", f"/user/{DOMAIN_ADMIN}", accountStatus="disabled"),
        lambda root: root.done("DELETE", f"/user/{DOMAIN_ADMIN}"),
        lambda root: root.done("PUT", "/domain/admins/one.test", removeAllAdmins=""),
        lambda root: root.done("DELETE", "/domain/one.test"),
        lambda root: root.done("POST", f"/user/{DOMAIN_ADMIN}/change_email/eva@one.test"),
        lambda root: root.done("PUT", "/users/one.test", password="Another-1234"),
    ],
    ids=["password", "disabled", "deleted", "demoted", "domain deleted", "renamed", "all passwords"],
)
def test_who_lost_password_rights_or_account_is_signed_out(
    world: World, root: Caller, end: Callable[[Caller], object]
) -> None:
    admin = world.caller(DOMAIN_ADMIN)
    admin.done("GET", "/users/one.test")
    end(root)
    assert admin.refused("GET", "/users/one.test") == "LOGIN_REQUIRED"


def test_new_rights_hold_at_once(world: World, root: Caller) -> None:
    admin = world.caller(DOMAIN_ADMIN)
    assert admin.refused("GET", "/users/two.test") == "PERMISSION_DENIED"
    root.done("PUT", "/domain/admins/two.test", addAdmin=DOMAIN_ADMIN)
    assert admin.done("GET", "/users/two.test")
    root.done("PUT", "/domain/admins/two.test", removeAdmin=DOMAIN_ADMIN)
    assert admin.refused("GET", "/users/two.test") == "PERMISSION_DENIED"


def test_guessing_is_slowed_down_and_says_for_how_long(make_world: Make) -> None:
    world = make_world(web=Web(login_free_failures=2, login_delay_s=50.0))
    assert [attempt(world, GLOBAL, "wrong") for _ in range(3)] == ["INVALID_CREDENTIALS"] * 3
    answer = world.caller().raw("POST", "/login", {"username": GLOBAL, "password": PASSWORD})
    assert answer.json() == {"_success": False, "_msg": "TRY_AGAIN_LATER"}
    assert 1 <= int(answer.headers["retry-after"]) <= 50
    world.caller(DOMAIN_ADMIN)


# Who may call from where


def test_the_api_can_be_restricted_to_addresses(make_world: Make) -> None:
    closed = make_world(restrict_access=True, clients=("192.0.2.0/24",))
    assert attempt(closed, GLOBAL, PASSWORD) == "NOT_AUTHORIZED"
    assert closed.caller().refused("GET", "/domains") == "NOT_AUTHORIZED"
    make_world(restrict_access=True, clients=("127.0.0.0/8", "::1")).caller(GLOBAL)
    make_world(restrict_access=False, clients=("192.0.2.0/24",)).caller(GLOBAL)


def test_a_stored_list_of_clients_wins(make_world: Make) -> None:
    world = make_world()
    with world.accounts.core.databases.write() as unit:
        settings_store.put(unit, "restful_api_clients", ("192.0.2.1",))
    world.accounts.core.EFFECTIVE_S = 0.0
    assert attempt(world, GLOBAL, PASSWORD) == "NOT_AUTHORIZED"


def test_admins_can_be_held_to_addresses_by_kind(make_world: Make) -> None:
    world = make_world(global_admin_ips=("192.0.2.1",))
    assert attempt(world, GLOBAL, PASSWORD) == "NOT_ALLOWED_IP"
    world.caller(DOMAIN_ADMIN)
    assert attempt(make_world(admin_ips=("192.0.2.1",)), DOMAIN_ADMIN, PASSWORD) == "NOT_ALLOWED_IP"


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}],
)
def test_a_page_of_another_site_may_not_call(root: Caller, headers: dict[str, str]) -> None:
    answer = root.raw("DELETE", "/domain/one.test", headers=headers)
    assert answer.json() == {"_success": False, "_msg": "NOT_AUTHORIZED"}
    assert root.done("GET", "/domain/one.test")


# Tokens


def token(world: World, admin: str = GLOBAL, **more: object) -> Caller:
    text = world.accounts.core.tokens.create(admin, "script", **more)  # type: ignore[arg-type]
    return world.caller(headers={"Authorization": f"Bearer {text}"})


def test_a_token_signs_in_when_tokens_are_on(make_world: Make) -> None:
    world = make_world(tokens=True)
    assert token(world, write=True).done("GET", "/domains")
    off = make_world()
    assert token(off).refused("GET", "/domains") == "LOGIN_REQUIRED"


def test_a_token_that_may_read_changes_nothing(make_world: Make) -> None:
    reader = token(make_world(tokens=True))
    assert reader.done("GET", "/user/plain@one.test")["name"] == ""
    assert reader.refused("PUT", "/user/plain@one.test", name="X") == "PERMISSION_DENIED"


def test_a_token_reaches_its_domains_only(make_world: Make) -> None:
    world = make_world(tokens=True)
    of_one = token(world, domains=("one.test",), write=True)
    of_one.done("PUT", "/user/plain@one.test", name="X")
    assert of_one.refused("GET", "/user/plain@two.test") == "PERMISSION_DENIED"
    assert of_one.refused("POST", "/throttle/global/inbound", period=1) == "PERMISSION_DENIED"
    assert of_one.refused("POST", "/domain/new.test") == "PERMISSION_DENIED"
    foreign = token(world, DOMAIN_ADMIN, domains=("two.test",), write=True)
    assert foreign.refused("GET", "/user/plain@two.test") == "PERMISSION_DENIED"


def test_a_token_dies_with_its_admin_and_is_not_inherited(make_world: Make) -> None:
    world = make_world(tokens=True)
    holder = token(world, DOMAIN_ADMIN, write=True)
    assert holder.done("GET", "/users/one.test")
    world.accounts.users.delete(LOCAL, DOMAIN_ADMIN)
    assert holder.refused("GET", "/users/one.test") == "INVALID_CREDENTIALS"
    world.accounts.users.create(LOCAL, DOMAIN_ADMIN, UserChange(password=PASSWORD))
    world.accounts.domains.change_admins(LOCAL, domain_of(DOMAIN_ADMIN), ListChange(add=(DOMAIN_ADMIN,)))
    assert holder.refused("GET", "/users/one.test") == "INVALID_CREDENTIALS"


@pytest.mark.parametrize("text", ["pr_", "pr_" + "A" * 43, "x" * 4000, "'; DROP TABLE token; --"])
def test_forged_tokens_are_refused(make_world: Make, text: str) -> None:
    world = make_world(tokens=True)
    forged = world.caller(headers={"Authorization": f"Bearer {text}"})
    assert forged.refused("GET", "/domains") in {"INVALID_CREDENTIALS", "LOGIN_REQUIRED"}


# Creators


def test_a_creator_makes_domains_within_limits_and_they_wait_for_proof(world: World) -> None:
    creator = world.caller(CREATOR)
    creator.done("POST", "/domain/mine.test", name="Mine")
    mine = creator.done("GET", "/domain/mine.test")
    assert (mine["active"], mine["admins"]) == (0, [CREATOR])
    creator.done("POST", "/domain/second.test")
    assert creator.refused("POST", "/domain/third.test") == "EXCEED_LIMIT_DOMAIN"
    creator.done("DELETE", "/domain/second.test")
    assert creator.refused("DELETE", "/domain/one.test") == "PERMISSION_DENIED"


def test_what_a_creator_adds_works_when_its_code_is_in_dns(world: World) -> None:
    creator = world.caller(CREATOR)
    creator.done("POST", "/domain/mine.test")
    creator.done("PUT", "/domain/mine.test", addAliasDomain="further.test")
    asked = {one["name"]: one for one in creator.done("GET", "/domain/ownership/mine.test")}
    assert set(asked) == {"mine.test", "further.test"}
    records: dict[str, list[str]] = {"mine.test": ["v=spf1 -all", asked["mine.test"]["code"]]}
    world.accounts.core.txt_records = lambda name: records.get(name, [])
    assert creator.refused("POST", "/domain/ownership/mine.test").startswith("DOMAIN_NOT_VERIFIED")
    mine = creator.done("GET", "/domain/mine.test")
    assert (mine["active"], mine["alias_domains"]) == (1, [])
    records["further.test"] = [asked["further.test"]["code"]]
    creator.done("POST", "/domain/ownership/mine.test")
    assert creator.done("GET", "/domain/mine.test")["alias_domains"] == ["further.test"]
    assert creator.done("GET", "/domain/ownership/mine.test") == []


def test_a_global_admin_answers_for_a_domain_by_switching_it_on(world: World, root: Caller) -> None:
    world.caller(CREATOR).done("POST", "/domain/mine.test")
    root.done("PUT", "/domain/mine.test", accountStatus="active")
    assert root.done("GET", "/domain/ownership/mine.test") == []
    root.done("PUT", "/domain/one.test", addAliasDomain="further.test")
    assert root.done("GET", "/domain/one.test")["alias_domains"] == ["further.test"]
