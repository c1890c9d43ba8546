"""What clients read before they sign anybody in: addresses, keys, which authorities are one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from starlette.responses import Response

from postroom.faces.graph.signin.ask import Ask, answer
from postroom.faces.graph.signin.authorize import MODES
from postroom.faces.graph.signin.desk import Desk
from postroom.faces.graph.signin.token import DEVICE, JWT_BEARER
from postroom.workspace.signin.errors import BadField, TokenError, UnknownInstance
from postroom.workspace.signin.permissions import OPENID
from postroom.workspace.signin.tokens import ALGORITHM, subject

AUTHORITY_HOSTS: Final = ("login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net")
"""Names of Microsoft's sign-in, which are one authority; `web.tls.MICROSOFT` has those of Graph and Outlook too."""
CLAIMS: Final = (
    "sub", "iss", "aud", "exp", "iat", "nbf", "nonce", "name", "preferred_username", "oid", "tid", "ver", "email",
)  # fmt: skip
_AUTHORIZE: Final = "/oauth2/v2.0/authorize"


def configuration(desk: Desk, ask: Ask) -> Response:
    """The discovery document, of version 2 or 1."""
    here, versioned = f"{ask.base}/{ask.tenant}", "/v2.0" if ask.is_version_2 else ""
    document = {
        "issuer": desk.issuer(ask),
        "authorization_endpoint": f"{here}/oauth2{versioned}/authorize",
        "token_endpoint": f"{here}/oauth2{versioned}/token",
        "device_authorization_endpoint": f"{here}/oauth2{versioned}/devicecode",
        "end_session_endpoint": f"{here}/oauth2{versioned}/logout",
        "jwks_uri": f"{here}/discovery{versioned}/keys",
        "userinfo_endpoint": f"{ask.base}/oidc/userinfo",
        **_constant(),
        "msgraph_host": urlsplit(ask.base).netloc,
    }
    return answer(document, cacheable=True)


def _constant() -> Mapping[str, object]:
    return {
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "private_key_jwt"],
        "response_modes_supported": list(MODES),
        "response_types_supported": ["code"],
        "grant_types_supported": [
            "authorization_code", "refresh_token", "client_credentials", "password", DEVICE, JWT_BEARER,
        ],
        "code_challenge_methods_supported": ["S256", "plain"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "scopes_supported": list(OPENID),
        "claims_supported": list(CLAIMS),
        "request_uri_parameter_supported": False,
        "http_logout_supported": True,
        "frontchannel_logout_supported": False,
        "tenant_region_scope": None,
        "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net",
    }  # fmt: skip


def keys(desk: Desk, ask: Ask) -> Response:
    """The JWKS."""
    return answer({"keys": [key.published(desk.issuer(ask)) for key in desk.signin.keys.all()]}, cacheable=True)


def instance(desk: Desk, ask: Ask) -> Response:
    """Whether an authority is one of ours, and which names stand for the same."""
    try:
        endpoint = urlsplit(ask.need("authorization_endpoint"))
    except ValueError as error:
        raise UnknownInstance from error
    tenant = endpoint.path.strip("/").partition("/")[0] or "common"
    if endpoint.scheme != "https" or endpoint.netloc.lower() not in {*AUTHORITY_HOSTS, ask.host}:
        raise UnknownInstance
    desk.signin.check_tenant(tenant)
    microsoft = {
        "preferred_network": AUTHORITY_HOSTS[0],
        "preferred_cache": AUTHORITY_HOSTS[1],
        "aliases": list(AUTHORITY_HOSTS),
    }
    own = {"preferred_network": ask.host, "preferred_cache": ask.host, "aliases": [ask.host]}
    document = {
        "tenant_discovery_endpoint": f"https://{endpoint.netloc}/{tenant}/v2.0/.well-known/openid-configuration",
        "api-version": ask.get("api-version") or "1.1",
        "metadata": [microsoft] if ask.host in AUTHORITY_HOSTS else [microsoft, own],
    }
    return answer(document, cacheable=True)


def realm(desk: Desk, ask: Ask, user: str) -> Response:  # noqa: ARG001  # as the others
    """How a user signs in: always here, and the same for those there are not."""
    domain = user.rpartition("@")[2]
    if len(user) > 256:
        raise BadField("user", "a mail address")
    document = {
        "ver": "1.0", "account_type": "Managed", "domain_name": domain, "cloud_instance_name": "microsoftonline.com",
        "cloud_audience_urn": "urn:federation:MicrosoftOnline",
    }  # fmt: skip
    return answer(document)


def userinfo(desk: Desk, ask: Ask) -> Response:
    """What an id token says, for whoever has an access token."""
    scheme, _, token = ask.headers.get("authorization", "").partition(" ")
    refused = Response(status_code=401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    try:
        caller = desk.signin.tokens.verify(token.strip() if scheme.lower() == "bearer" else "")
    except TokenError:
        return refused
    person = desk.signin.active(caller.user_id or "")
    if person is None:
        return refused
    claims = {"sub": subject(caller.app_id, person.id), "name": person.name, "email": person.address}
    names = {"given_name": person.given_name, "family_name": person.surname}
    return answer({**claims, **{name: value for name, value in names.items() if value}})
