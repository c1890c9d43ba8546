"""A new domain with its first user, the second run of which changes nothing."""

from __future__ import annotations

import argparse

from examples.iredadmin.connection import connect, parser

from iredadmin import Client
from iredadmin.errors import AlreadyExists


def main(arguments: list[str] | None = None) -> None:
    options = _options(arguments)
    with connect(options) as client:
        create_domain(client, options.domain)
        create_user(client, f"{options.user}@{options.domain}", options.user_password)


def create_domain(client: Client, domain: str) -> None:
    try:
        client.domains.create(domain, name="An example", quota=20480, default_quota=1024, number_of_users=20)
    except AlreadyExists:
        print(f"{domain} is there already.")
    else:
        print(f"{domain} is new.")


def create_user(client: Client, mail: str, password: str) -> None:
    try:
        client.users.create(mail, name="Anna Example", password=password, language="en_US", quota=2048)
    except AlreadyExists:
        print(f"{mail} is there already.")
    else:
        user = client.users.get(mail)
        print(f"{mail} is new; the mailbox takes {user['quota']} MB.")


def _options(arguments: list[str] | None) -> argparse.Namespace:
    made = parser(__doc__)
    made.add_argument("--user", default="anna", help="the part before the @")
    made.add_argument("--user-password", default="AsTr0ng@Word")
    return made.parse_args(arguments)


if __name__ == "__main__":
    main()
