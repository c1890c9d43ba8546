"""All users with their addresses, fetched in parallel by the async client."""

from __future__ import annotations

import argparse
import asyncio

from examples.mailstore.connection import parser

from mailstore.aio import ServerClient


async def addresses(options: argparse.Namespace) -> dict[str, list[str]]:
    """E-mail addresses by user name."""
    async with ServerClient(
        options.user,
        options.password,
        options.host,
        options.port,
        ca_file=options.ca_file,
        ignoreInvalidSSLCerts=options.insecure,
    ) as client:
        names = [user["userName"] for user in (await client.GetUsers())["result"]]
        infos = await asyncio.gather(*(client.GetUserInfo(name) for name in names))
        return {name: info["result"]["emailAddresses"] for name, info in zip(names, infos, strict=True)}


def main(arguments: list[str] | None = None) -> None:
    for name, found in asyncio.run(addresses(parser(__doc__).parse_args(arguments))).items():
        print(f"{name}: {', '.join(found) or '-'}")


if __name__ == "__main__":
    main()
