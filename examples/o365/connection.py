"""Where the examples find their server: arguments, or the environment.

O365_CLIENT_ID, O365_TENANT, O365_TOKEN_FILE; O365_BASE_URL, O365_AUTHORITY and O365_CA_FILE for a server other than
Microsoft's; and O365_CLIENT_SECRET, which is no argument: others would see it.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from O365 import Account, FileSystemTokenBackend

SCOPES = ["basic", "message_all", "mailbox_settings", "users", "settings_all"]


def parser(description: str | None) -> argparse.ArgumentParser:
    """Arguments that every example has; add its own before handing it to `connect`."""
    made = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    env = os.environ.get
    made.add_argument("--client-id", default=env("O365_CLIENT_ID"))
    made.add_argument("--tenant", default=env("O365_TENANT", "common"))
    made.add_argument("--base-url", default=env("O365_BASE_URL"), help="like https://localhost:8443/v1.0/")
    made.add_argument("--authority", default=env("O365_AUTHORITY"), help="like https://localhost:8443/<tenant>")
    made.add_argument("--ca-file", default=env("O365_CA_FILE"))
    made.add_argument("--token-file", type=Path, default=env("O365_TOKEN_FILE", "o365_token.txt"),
                      help="one of its own for a program that needs other rights")  # fmt: skip
    return made


def connect(options: argparse.Namespace, *more: str) -> Account:
    """The account of the user. Who has not signed in yet is told where to. Ends the program when that fails.

    `more` are scopes besides those that most examples need.
    """
    if not options.client_id or not (secret := os.environ.get("O365_CLIENT_SECRET")):
        raise SystemExit("Put the id of the app into O365_CLIENT_ID and its secret into O365_CLIENT_SECRET.")
    places = {"base_url": options.base_url, "authority": options.authority, "verify_ssl": options.ca_file}
    given: dict[str, Any] = {name: value for name, value in places.items() if value}
    token_file = Path(options.token_file)
    backend = FileSystemTokenBackend(token_file.parent, token_file.name)
    account = Account((options.client_id, secret), tenant_id=options.tenant, token_backend=backend, **given)
    if not account.is_authenticated and not account.authenticate(scopes=[*SCOPES, *more]):
        raise SystemExit("The sign-in failed.")
    return account
