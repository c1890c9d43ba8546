"""The token endpoint: grants in, tokens out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from starlette.responses import Response

from postroom.faces.graph.signin.ask import Ask, answer
from postroom.faces.graph.signin.desk import Desk
from postroom.workspace.signin.base64url import base64url
from postroom.workspace.signin.clients import Client
from postroom.workspace.signin.errors import BadField, UnsupportedGrant
from postroom.workspace.signin.grants import Issued

DEVICE: Final = "urn:ietf:params:oauth:grant-type:device_code"
JWT_BEARER: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def token(desk: Desk, ask: Ask) -> Response:
    """Raises what the grants do."""
    grant = GRANTS.get(ask.need("grant_type"))
    if grant is None:
        raise UnsupportedGrant(f"The grant type '{ask.get('grant_type')[:80]}' is not supported.")
    return answer(_told(desk, ask, grant(desk, ask, desk.client(ask))))


def _code(desk: Desk, ask: Ask, client: Client) -> Issued:
    redirect = ask.get("redirect_uri")
    if not redirect and len(client.app.redirects) == 1:
        redirect = client.app.redirects[0]
    return desk.signin.grants.code(
        client, ask.need("code"), redirect, ask.get("code_verifier"), desk.issuer(ask)
    )  # fmt: skip


def _refresh(desk: Desk, ask: Ask, client: Client) -> Issued:
    wanted = desk.asked(ask) if ask.get("scope") or ask.get("resource") else None
    return desk.signin.grants.refresh(client, ask.need("refresh_token"), wanted, desk.issuer(ask))


def _by_itself(desk: Desk, ask: Ask, client: Client) -> Issued:
    return desk.signin.grants.by_itself(client, desk.asked(ask))


def _password(desk: Desk, ask: Ask, client: Client) -> Issued:
    asked, username, password = desk.asked(ask), ask.need("username"), ask.need("password")
    person = desk.authenticate(ask, username, password)
    return desk.signin.grants.password(client, person, asked, desk.issuer(ask))


def _device(desk: Desk, ask: Ask, client: Client) -> Issued:
    # Version 1 of the endpoint calls the same `code`.
    device_code = ask.get("device_code") or ask.get("code") or ask.need("device_code")
    return desk.signin.grants.device(client, device_code, desk.issuer(ask))


def _on_behalf_of(desk: Desk, ask: Ask, client: Client) -> Issued:
    if ask.get("requested_token_use") != "on_behalf_of":
        raise BadField("requested_token_use", "on_behalf_of")
    return desk.signin.grants.on_behalf_of(client, ask.need("assertion"), desk.asked(ask), desk.issuer(ask))


GRANTS: Final[Mapping[str, Callable[[Desk, Ask, Client], Issued]]] = {
    "authorization_code": _code,
    "refresh_token": _refresh,
    "client_credentials": _by_itself,
    "password": _password,
    DEVICE: _device,
    "device_code": _device,
    JWT_BEARER: _on_behalf_of,
}


def _told(desk: Desk, ask: Ask, issued: Issued) -> dict[str, Any]:
    document: dict[str, Any] = {
        "token_type": "Bearer",
        "scope": issued.scope,
        "expires_in": issued.expires_in_s,
        "ext_expires_in": issued.expires_in_s,
        "access_token": issued.access_token,
        "refresh_token": issued.refresh_token,
        "id_token": issued.id_token,
        "client_info": client_info(desk, issued.person.id) if issued.person and ask.get("client_info") == "1" else None,
    }
    if not ask.is_version_2:
        document |= _of_version_1(desk, issued)
    return {name: value for name, value in document.items() if value is not None}


def _of_version_1(desk: Desk, issued: Issued) -> Mapping[str, str]:
    """The older endpoint writes numbers as texts, and says for what the token is."""
    now_s = int(desk.signin.clock().timestamp())
    return {
        "expires_in": str(issued.expires_in_s),
        "ext_expires_in": str(issued.expires_in_s),
        "expires_on": str(now_s + issued.expires_in_s),
        "not_before": str(now_s),
        "resource": issued.audience,
    }


def client_info(desk: Desk, user_id: str) -> str:
    """From which MSAL makes the id of an account."""
    raw = msgspec.json.encode({"uid": user_id, "utid": desk.signin.tenant})
    return base64url(raw)
