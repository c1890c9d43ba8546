"""Everything about the users of an instance, then all their addresses in one list."""

from __future__ import annotations

from examples.mailstore.spe.connection import connect, of_an_instance

from mailstore.pretty import pretty_print
from mailstore.spe import Client


def main(arguments: list[str] | None = None) -> None:
    options = of_an_instance(__doc__).parse_args(arguments)
    with connect(options) as client:
        for user in client.GetUsers(options.instance)["result"]:
            pretty_print(client.GetUserInfo(options.instance, user["userName"])["result"])
            print()
        print(", ".join(addresses(client, options.instance)))


def addresses(client: Client, instance: str) -> list[str]:
    found: list[str] = []
    for user in client.GetUsers(instance)["result"]:
        found += client.GetUserInfo(instance, user["userName"])["result"]["emailAddresses"]
    return found


if __name__ == "__main__":
    main()
