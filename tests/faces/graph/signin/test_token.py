"""The token endpoint as programs call it, and what they read before."""

from __future__ import annotations

import base64
import re
import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from tests.faces.graph.signin.conftest import World
from tests.workspace.signin.known import ANNA, PASSWORD

from postroom.errors import NoSpace
from postroom.faces.graph.signin.errors import TABLE, row_of
from postroom.settings import Graph
from postroom.workspace.signin import errors

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
DEFAULT = "https://graph.microsoft.com/.default"


def refused(answer: Any, error: str, number: int, status: int = 400) -> dict[str, Any]:
    told = dict(answer.json())
    assert (answer.status_code, told["error"], told["error_codes"]) == (status, error, [number]), told
    assert told["error_description"].startswith(f"AADSTS{number}: ")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", told["timestamp"])
    assert answer.headers["cache-control"] == "no-store"
    return told


def test_an_app_by_itself_gets_a_token_by_form_and_by_basic(world: World) -> None:
    world.signin.apps.grant_roles(world.web.id, ["Mail.Read"])
    by_form = world.as_web(grant_type="client_credentials", scope=DEFAULT).json()
    basic = base64.b64encode(f"{world.web.id}:{world.secret}".encode()).decode()
    by_basic = world.http().post(
        f"/{world.signin.tenant}/oauth2/v2.0/token",
        data={"grant_type": "client_credentials", "scope": DEFAULT},
        headers={"Authorization": f"Basic {basic}"},
    ).json()  # fmt: skip
    for told in (by_form, by_basic):
        assert world.signin.tokens.verify(told["access_token"]).roles == {"Mail.Read"}
        assert not {"refresh_token", "id_token", "scope", "client_info"} & set(told)


def test_a_scope_may_name_the_address_under_which_we_are_asked(world: World) -> None:
    told = world.as_web(grant_type="client_credentials", scope=f"{world.base}/.default").json()
    world.signin.tokens.verify(told["access_token"])


@pytest.mark.parametrize(
    ("form", "error", "number", "status"),
    [
        ({"client_secret": "wrong"}, "invalid_client", 7000215, 401),
        ({"client_secret": ""}, "invalid_client", 7000218, 401),
        ({"client_id": "nobody"}, "unauthorized_client", 700016, 400),
        ({"client_id": ""}, "invalid_request", 900144, 400),
        ({"grant_type": ""}, "invalid_request", 900144, 400),
        ({"grant_type": "magic"}, "unsupported_grant_type", 70003, 400),
        ({"scope": ""}, "invalid_request", 900144, 400),
        ({"scope": "Mail.Fly"}, "invalid_scope", 70011, 400),
        ({"scope": "Mail.Read"}, "invalid_request", 9002313, 400),
        ({"client_secret": "", "client_assertion": "x"}, "invalid_request", 9002313, 400),
        ({"grant_type": "authorization_code", "code": "x"}, "invalid_grant", 70008, 400),
        ({"grant_type": "authorization_code"}, "invalid_request", 900144, 400),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant", 70008, 400),
        ({"grant_type": "refresh_token", "refresh_token": "x" * 9000}, "invalid_request", 9002313, 400),
        ({"grant_type": DEVICE, "device_code": "x"}, "bad_verification_code", 70018, 400),
        ({"grant_type": "device_code", "device_code": "x"}, "bad_verification_code", 70018, 400),
    ],
)
def test_errors_have_the_words_and_numbers_that_clients_know(
    world: World, form: dict[str, str], error: str, number: int, status: int
) -> None:
    given = {"client_id": world.web.id, "client_secret": world.secret, "grant_type": "client_credentials"}
    given |= {"scope": DEFAULT, **form}
    answer = world.token(**{name: value for name, value in given.items() if value})
    refused(answer, error, number, status)


def test_an_error_leads_to_a_page_about_it(world: World) -> None:
    told = refused(world.as_web(grant_type="magic"), "unsupported_grant_type", 70003)
    assert "not supported" in world.get(told["error_uri"]).text
    assert "not known" in world.get("/error?code=<script>").text


def test_the_id_of_a_request_comes_back(world: World) -> None:
    known = "6f9f2c1e-1111-4222-8333-abcdefabcdef"
    answer = world.http().post("/common/oauth2/v2.0/token", data={}, headers={"client-request-id": known})
    assert answer.json()["correlation_id"] == known


def test_a_password_gives_tokens_when_it_is_right_and_the_app_is_allowed(world: World) -> None:
    form = {"grant_type": "password", "username": ANNA.address, "scope": "openid offline_access Mail.Read"}
    told = refused(world.as_web(password=PASSWORD, **form), "invalid_grant", 65001)
    assert told["suberror"] == "consent_required"
    world.allow("Mail.Read")
    given = world.as_web(password=PASSWORD, **form).json()
    again = world.as_web(grant_type="refresh_token", refresh_token=given["refresh_token"]).json()
    assert world.signin.tokens.verify(again["access_token"]).user_id == ANNA.id


def test_wrong_passwords_are_slow_alike_and_then_refused(world: World) -> None:
    world.allow("Mail.Read")
    form = {"grant_type": "password", "scope": "Mail.Read", "password": "wrong"}
    told = []
    for username in (ANNA.address, "nobody@post.test"):
        began = time.monotonic()
        told.append(refused(world.as_web(username=username, **form), "invalid_grant", 50126)["error_codes"])
        assert time.monotonic() - began >= 0.25
    for _ in range(3):
        world.as_web(username=ANNA.address, **form)
    refused(world.as_web(username=ANNA.address, **{**form, "password": PASSWORD}), "invalid_grant", 50053)


def test_whether_a_user_exists_is_not_told(world: World) -> None:
    there, nobody = (
        world.get(f"/common/userrealm/{name}@post.test?api-version=1.0").json() for name in ("anna", "nobody")
    )
    assert there == nobody
    assert (there["ver"], there["account_type"]) == ("1.0", "Managed")


def test_tokens_are_taken_from_forms_only(world: World) -> None:
    refused(world.http().post("/common/oauth2/v2.0/token", json={"grant_type": "x"}), "invalid_request", 9002313)
    assert world.get("/common/oauth2/v2.0/token").status_code == 405
    large = world.http().post("/common/oauth2/v2.0/token", data={"x": "y" * 70_000})
    assert large.status_code == 413
    many = world.http().post("/common/oauth2/v2.0/token", data={f"f{number}": "x" for number in range(100)})
    refused(many, "invalid_request", 9002313)


# Devices


def start(world: World, **form: str) -> dict[str, Any]:
    answer = world.token("/common/oauth2/v2.0/devicecode", client_id=world.desk.id, scope="openid Mail.Read", **form)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def poll(world: World, device: dict[str, Any]) -> Any:
    return world.token(grant_type=DEVICE, client_id=world.desk.id, device_code=device["device_code"])


def test_who_asks_for_codes_without_end_is_told_to_wait(world: World) -> None:
    devices = [start(world) for _ in range(Graph().device_codes_address)]
    answer = world.token("/common/oauth2/v2.0/devicecode", client_id=world.desk.id, scope="openid Mail.Read")
    assert (answer.status_code, answer.json()["error"]) == (429, "slow_down")
    refused(poll(world, devices[0]), "authorization_pending", 70016)


def test_a_device_is_signed_in_by_a_browser_elsewhere(world: World) -> None:
    device = start(world)
    assert (device["expires_in"], device["interval"]) == (900, 5)
    assert device["user_code"] in device["message"]
    refused(poll(world, device), "authorization_pending", 70016)
    refused(poll(world, device), "slow_down", 70016)
    browser = world.browser().open(device["verification_uri"]).sign_in()
    browser.fill(otc=device["user_code"].lower())
    assert "Go on only if you have started Desk yourself" in browser.text
    assert "You have signed in to Desk" in browser.fill("accept").text
    told = poll(world, device).json()
    assert world.signin.tokens.verify(told["access_token"]).user_id == ANNA.id
    refused(poll(world, device), "bad_verification_code", 70018)


def test_a_device_whose_user_declines_is_told_so(world: World) -> None:
    device = start(world)
    browser = world.browser().open(device["verification_uri"] + "?otc=" + device["user_code"]).sign_in()
    assert browser.form.fields["otc"] == device["user_code"]
    assert "declined" in browser.fill().fill("decline").text
    refused(poll(world, device), "authorization_declined", 65004)


def test_a_device_is_asked_about_even_when_all_is_allowed(world: World) -> None:
    world.allow("openid", "Mail.Read", app=world.desk)
    device = start(world)
    browser = world.browser().open(device["verification_uri"]).sign_in().fill(otc=device["user_code"])
    assert "Allow Desk?" in browser.text
    refused(poll(world, device), "authorization_pending", 70016)


def test_codes_of_devices_cannot_be_guessed(world: World) -> None:
    device = start(world)
    browser = world.browser().open(device["verification_uri"]).sign_in()
    for _ in range(4):
        browser.fill(otc="WRONGCODE")
        assert "not known" in browser.text
    browser.fill(otc=device["user_code"])
    assert browser.page is not None
    assert browser.page.status_code == 429


def test_only_public_apps_have_devices(world: World) -> None:
    answer = world.token("/common/oauth2/v2.0/devicecode", client_id=world.web.id, scope="Mail.Read")
    refused(answer, "invalid_client", 7000218, 401)


# What clients read first


@pytest.mark.parametrize("tenant", ["common", "organizations", "consumers", "Post.Test"])
@pytest.mark.parametrize("version", ["/v2.0", ""])
def test_the_discovery_document_leads_to_what_is_there(world: World, tenant: str, version: str) -> None:
    answer = world.get(f"/{tenant}{version}/.well-known/openid-configuration")
    assert answer.headers["access-control-allow-origin"] == "*"
    told = answer.json()
    assert told["issuer"] == f"{world.base}/{world.signin.tenant}/v2.0"
    for name in ("authorization_endpoint", "token_endpoint", "device_authorization_endpoint", "end_session_endpoint"):
        address = told[name]
        assert address.startswith(f"{world.base}/{tenant}/oauth2{version}/")
        assert world.get(address).status_code in (200, 400, 405)
    for name in ("jwks_uri", "userinfo_endpoint"):
        assert world.get(told[name]).status_code in (200, 401)
    needed = {
        "response_modes_supported", "response_types_supported", "subject_types_supported", "scopes_supported",
        "id_token_signing_alg_values_supported", "token_endpoint_auth_methods_supported", "cloud_instance_name",
        "cloud_graph_host_name", "msgraph_host",
    }  # fmt: skip
    assert needed <= set(told)


def test_the_keys_check_an_id_token(world: World) -> None:
    world.allow("openid", "Mail.Read")
    form = {"grant_type": "password", "username": ANNA.address, "password": PASSWORD}
    told = world.as_web(scope="openid profile email Mail.Read", **form).json()
    keys = KeySet.import_key_set(world.get("/common/discovery/v2.0/keys").json())
    claims = jwt.decode(told["id_token"], keys, algorithms=["RS256"]).claims
    discovered = world.get("/common/v2.0/.well-known/openid-configuration").json()
    assert claims["iss"] == discovered["issuer"]
    assert (claims["aud"], claims["oid"], claims["tid"]) == (world.web.id, ANNA.id, world.signin.tenant)
    assert (claims["preferred_username"], claims["email"], claims["name"]) == (ANNA.address, ANNA.address, ANNA.name)
    info = world.get("/oidc/userinfo", headers={"Authorization": f"Bearer {told['access_token']}"}).json()
    assert (info["sub"], info["email"]) == (claims["sub"], ANNA.address)
    assert world.get("/oidc/userinfo", headers={"Authorization": "Bearer x"}).status_code == 401


def test_an_unknown_tenant_is_told_as_such(world: World) -> None:
    for path in ("/other.test/v2.0/.well-known/openid-configuration", "/%2e%2e/discovery/keys"):
        refused(world.get(path), "invalid_tenant", 90002)


def test_authorities_that_are_one_are_told_and_others_refused(world: World) -> None:
    path = "/common/discovery/instance?api-version=1.1&authorization_endpoint="
    told = world.get(path + f"{world.base}/common/oauth2/v2.0/authorize").json()
    assert told["tenant_discovery_endpoint"] == f"{world.base}/common/v2.0/.well-known/openid-configuration"
    assert "login.microsoftonline.com" in told["metadata"][0]["aliases"]
    microsoft = world.get(path + "https://login.microsoftonline.com/common/oauth2/v2.0/authorize").json()
    assert microsoft["tenant_discovery_endpoint"].startswith("https://login.microsoftonline.com/common/")
    refused(world.get(path + "https://evil.test/common/oauth2/v2.0/authorize"), "invalid_instance", 50049)


def test_the_landing_page_is_there_and_unknown_paths_are_not(world: World) -> None:
    assert "close this window" in world.get("/common/oauth2/nativeclient?code=x&state=y").text
    assert world.get("/common/oauth2/nothing").status_code == 404
    assert world.get("/COMMON/OAuth2/NativeClient/").status_code == 200


def test_every_error_of_sign_in_has_a_row() -> None:
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.Refused)}
    assert kinds - {errors.Refused} <= set(TABLE)
    assert row_of(NoSpace("x")).status == 503
