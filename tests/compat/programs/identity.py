"""Sign-in with the original msal and azure-identity, and a call of Graph with what they got. Run by itself."""

from __future__ import annotations

import json
import sys
from typing import Any

import msal
import requests
from azure.identity import CertificateCredential, ClientSecretCredential  # type: ignore[import-not-found]

GRAPH = "https://graph.microsoft.com"
DEFAULT = f"{GRAPH}/.default"


def main() -> None:
    given = json.load(sys.stdin)
    authority = f"https://login.microsoftonline.com/{given['tenant']}"
    app = msal.ConfidentialClientApplication(given["client_id"], given["secret"], authority=authority)
    public = msal.PublicClientApplication(given["client_id"], authority=authority)
    scopes = [f"{GRAPH}/User.Read", f"{GRAPH}/Mail.Read"]
    signed_in = public.acquire_token_by_username_password(given["user"], given["password"], scopes=scopes)
    (known,) = public.get_accounts()
    behalf = app.acquire_token_on_behalf_of(api_token(public, given), scopes=[f"{GRAPH}/User.Read"])
    secret = ClientSecretCredential(given["tenant"], given["client_id"], given["secret"])
    certificate = CertificateCredential(given["tenant"], given["client_id"], certificate_path=given["certificate"])
    wrong = public.acquire_token_by_username_password(given["user"], "wrong", scopes=scopes)
    seen = {
        "app": who(app.acquire_token_for_client([DEFAULT])["access_token"], f"/users/{given['user']}"),
        "secret": who(secret.get_token(DEFAULT).token, f"/users/{given['user']}"),
        "certificate": who(certificate.get_token(DEFAULT).token, f"/users/{given['user']}"),
        "password": who(signed_in["access_token"], "/me"),
        "silently": who(public.acquire_token_silent(scopes, account=known, force_refresh=True)["access_token"], "/me"),
        "account": known["username"],
        "claims": signed_in["id_token_claims"]["preferred_username"],
        "on behalf": who(behalf["access_token"], "/me"),
        "wrong": (wrong["error"], wrong["error_codes"]),
    }
    print(json.dumps({"seen": seen, "requests": []}))


def api_token(public: Any, given: dict[str, Any]) -> str:
    """A token for the app itself, as a front end would send it."""
    scope = f"api://{given['client_id']}/access"
    got = public.acquire_token_by_username_password(given["user"], given["password"], scopes=[scope])
    return str(got["access_token"])


def who(token: str, path: str) -> str:
    answer = requests.get(f"{GRAPH}/v1.0{path}", headers={"Authorization": f"Bearer {token}"}, timeout=30)
    answer.raise_for_status()
    return str(answer.json()["userPrincipalName"])


if __name__ == "__main__":
    main()
