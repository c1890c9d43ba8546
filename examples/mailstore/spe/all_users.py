"""How many users each instance has, asked in parallel by the async client.

In parallel only where the password goes with each request (port 8474): a session takes one call after the other.
"""

from __future__ import annotations

import argparse
import asyncio

from examples.mailstore.spe.connection import arguments as login
from examples.mailstore.spe.connection import parser

from mailstore.aio import SPEClient


async def counts(options: argparse.Namespace) -> dict[str, int]:
    """Number of users by instance."""
    async with SPEClient(**login(options)) as client:
        names = [row["instanceID"] for row in (await client.GetInstances("*"))["result"]]
        answers = await asyncio.gather(*(client.GetUsers(name) for name in names))
        return {name: len(answer["result"] or []) for name, answer in zip(names, answers, strict=True)}


def main(arguments: list[str] | None = None) -> None:
    for name, count in asyncio.run(counts(parser(__doc__).parse_args(arguments))).items():
        print(f"{name}: {count}")


if __name__ == "__main__":
    main()
