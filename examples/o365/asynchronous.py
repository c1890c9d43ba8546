"""Look into several folders at the same time, with O365.aio."""

from __future__ import annotations

import argparse
import asyncio
import os
from functools import partial
from pathlib import Path
from typing import Any

from examples.o365.connection import SCOPES, parser

from O365 import FileSystemTokenBackend
from O365.aio import Account, together
from O365.aio.mailbox import Folder

OPTIONS: dict[str, Any] = {}
"""What else the account is to know."""


def main(arguments: list[str] | None = None) -> None:
    asyncio.run(look(parser(__doc__).parse_args(arguments)))


async def look(options: argparse.Namespace) -> None:
    async with account(options) as signed_in:
        if not signed_in.is_authenticated and not await signed_in.authenticate(requested_scopes=SCOPES):
            raise SystemExit("The sign-in failed.")
        folders = await signed_in.mailbox().get_folders()
        for line in await together([partial(newest, folder) for folder in folders]):
            print(line)


async def newest(folder: Folder) -> str:
    async for message in folder.get_messages(limit=1):
        return f"{folder.name}: {message.subject}"
    return f"{folder.name}: empty"


def account(options: argparse.Namespace) -> Account:
    places = {"base_url": options.base_url, "authority": options.authority, "verify_ssl": options.ca_file}
    given: dict[str, Any] = {name: value for name, value in places.items() if value}
    token_file = Path(options.token_file)
    given["token_backend"] = FileSystemTokenBackend(token_file.parent, token_file.name)
    secret = os.environ.get("O365_CLIENT_SECRET")
    credentials = (options.client_id, secret) if secret else (options.client_id,)
    return Account(credentials, tenant_id=options.tenant, **{**given, **OPTIONS})


if __name__ == "__main__":
    main()
