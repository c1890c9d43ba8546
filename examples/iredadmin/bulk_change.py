"""Many users at once: created side by side with the async client, changed by one call, and listed page by page."""

from __future__ import annotations

import argparse
import asyncio

from examples.iredadmin.connection import parser, password

from iredadmin.aio import Client
from iredadmin.errors import AlreadyExists, LimitExceeded

AT_ONCE = 8
NEW, THERE = "new", "there already"


async def create(client: Client, mail: str, quota: int, slots: asyncio.Semaphore) -> str:
    """What became of the user: NEW, THERE, or why the domain has no room."""
    async with slots:
        try:
            await client.users.create(mail, name=mail.partition("@")[0], password="AsTr0ng@Word", quota=quota)
        except AlreadyExists:
            return THERE
        except LimitExceeded as error:
            return error.message
        return NEW


async def change(options: argparse.Namespace) -> None:
    async with Client(options.base_url, options.username, password(), ca_file=options.ca_file) as client:
        slots = asyncio.Semaphore(AT_ONCE)
        mails = [f"user{number:03}@{options.domain}" for number in range(options.count)]
        made = await asyncio.gather(*(create(client, mail, options.quota, slots) for mail in mails))
        print(f"{made.count(NEW)} of {len(mails)} users are new.")
        for reason in sorted(set(made) - {NEW, THERE}):
            print(f"{made.count(reason)} are not made: {reason}")

        await client.users.update_all(options.domain, language="de_DE")
        german = [user async for user in client.users.iterate(options.domain) if user["language"] == "de_DE"]
        print(f"{len(german)} users read German.")


def main(arguments: list[str] | None = None) -> None:
    made = parser(__doc__)
    made.add_argument("--count", type=int, default=12)
    made.add_argument("--quota", type=int, default=100, help="of each, in MB; 0 is unlimited")
    asyncio.run(change(made.parse_args(arguments)))


if __name__ == "__main__":
    main()
