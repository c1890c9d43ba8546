"""MSAL, which Microsoft's programs and python-o365 sign in with, against our server over TLS."""

from __future__ import annotations

from typing import Any

import msal
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.faces.graph.signin.conftest import CALLBACK, LOOPBACK, World
from tests.workspace.signin.known import ANNA, PASSWORD
from tests.workspace.signin.test_apps import certificate

SCOPES = ["https://graph.microsoft.com/Mail.Read"]
DEFAULT = ["https://graph.microsoft.com/.default"]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    """As a user sets it; requests prefers these to what a program says."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(world.ca))


def options(world: World, kind: str) -> dict[str, Any]:
    """How a program names an authority that is not Microsoft's."""
    common: dict[str, Any] = {"verify": str(world.ca), "instance_discovery": False}
    if kind == "oidc":
        return {"oidc_authority": f"{world.base}/{world.signin.tenant}/v2.0", **common}
    if kind == "oidc_v1":
        return {"oidc_authority": f"{world.base}/{world.signin.tenant}", **common}
    return {"authority": f"{world.base}/{world.signin.tenant}", **common}


KINDS = pytest.mark.parametrize("kind", ["authority", "oidc", "oidc_v1"])


def confidential(world: World, kind: str = "authority", **more: Any) -> Any:
    credential = more.pop("credential", world.secret)
    return msal.ConfidentialClientApplication(
        world.web.id, client_credential=credential, **options(world, kind), **more
    )


def public(world: World, kind: str = "authority") -> Any:
    return msal.PublicClientApplication(world.desk.id, **options(world, kind))


@KINDS
def test_a_user_signs_in_by_the_code_flow_and_is_refreshed_silently(world: World, kind: str) -> None:
    program = confidential(world, kind)
    flow = program.initiate_auth_code_flow(SCOPES, redirect_uri=CALLBACK, response_mode="form_post")
    browser = world.browser().open(flow["auth_uri"]).sign_in().fill("accept")
    told = program.acquire_token_by_auth_code_flow(flow, browser.form.fields)
    assert "error" not in told, told
    assert (told["id_token_claims"]["oid"], told["id_token_claims"]["tid"]) == (ANNA.id, world.signin.tenant)
    (account,) = program.get_accounts()
    assert account["username"] == ANNA.address
    assert account["home_account_id"] == f"{ANNA.id}.{world.signin.tenant}"
    cached = program.acquire_token_silent(SCOPES, account=account)
    assert cached["access_token"] == told["access_token"]
    renewed = program.acquire_token_silent(SCOPES, account=account, force_refresh=True)
    assert renewed["access_token"] != told["access_token"]
    assert world.signin.tokens.verify(renewed["access_token"]).user_id == ANNA.id


@pytest.mark.filterwarnings("ignore:response_mode")  # a program on a desk has nothing else
def test_a_public_program_signs_in_on_loopback_with_any_port(world: World) -> None:
    program = public(world)
    flow = program.initiate_auth_code_flow(["Mail.Read"], redirect_uri=f"{LOOPBACK}:51234", response_mode="query")
    browser = world.browser().open(flow["auth_uri"]).sign_in().fill("accept")
    assert browser.gone_to.startswith(f"{LOOPBACK}:51234?")
    told = program.acquire_token_by_auth_code_flow(flow, browser.brought)
    assert world.signin.tokens.verify(told["access_token"]).scopes == {"Mail.Read"}


@KINDS
def test_a_program_signs_in_by_itself_with_a_secret(world: World, kind: str) -> None:
    world.signin.apps.grant_roles(world.web.id, ["Mail.Read"])
    told = confidential(world, kind).acquire_token_for_client(DEFAULT)
    assert world.signin.tokens.verify(told["access_token"]).roles == {"Mail.Read"}


def test_a_program_signs_in_by_itself_with_a_certificate(world: World) -> None:
    key = rsa.generate_private_key(65537, 2048)
    made = certificate(key, world.signin.clock())
    pem = made.public_bytes(Encoding.PEM)
    world.signin.apps.add_certificate(world.web.id, pem)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    old: dict[str, str] = {"private_key": private, "thumbprint": made.fingerprint(hashes.SHA1()).hex()}
    new = {"private_key": private, "public_certificate": pem.decode()}
    for credential in (old, new):
        told = confidential(world, credential=credential).acquire_token_for_client(DEFAULT)
        assert "access_token" in told, told


def test_a_wrong_secret_is_told(world: World) -> None:
    told = confidential(world, credential="wrong").acquire_token_for_client(DEFAULT)
    assert (told["error"], told["error_codes"]) == ("invalid_client", [7000215])


def test_a_user_signs_in_by_device_code(world: World) -> None:
    program = public(world)
    flow = program.initiate_device_flow(SCOPES)
    browser = world.browser().open(flow["verification_uri"]).sign_in().fill(otc=flow["user_code"])
    browser.fill("accept")
    told = program.acquire_token_by_device_flow(flow)
    assert world.signin.tokens.verify(told["access_token"]).user_id == ANNA.id


def test_a_program_between_acts_on_behalf_of_a_user(world: World) -> None:
    world.signin.consents.allow(world.desk.id, "", [f"{world.web.id}/access"])
    world.allow("Mail.Read")
    front = world.token(
        grant_type="password", client_id=world.desk.id, username=ANNA.address, password=PASSWORD,
        scope=f"api://{world.web.id}/access",
    ).json()  # fmt: skip
    told = confidential(world).acquire_token_on_behalf_of(front["access_token"], SCOPES)
    assert world.signin.tokens.verify(told["access_token"]).user_id == ANNA.id
