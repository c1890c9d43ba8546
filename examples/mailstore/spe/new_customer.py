"""An installation from nothing: the two roles, an administrator, and an instance with its settings.

It shows the methods that take single values, and beside one of them the method that takes the object.
"""

from __future__ import annotations

import argparse

from examples.mailstore.spe.connection import connect, of_an_instance

from mailstore.errors import MailStoreCallError
from mailstore.spe import Client


def main(arguments: list[str] | None = None) -> None:
    parser = of_an_instance(__doc__)
    parser.add_argument("--server", default="host1.example.com", help="the machine with the two roles")
    parser.add_argument("--thumbprint", required=True, help="SHA-1 of its certificate, 40 hex digits")
    parser.add_argument("--folder", default="/srv/instances", help="where it keeps the instances")
    parser.add_argument("--new-password", required=True, help="of the two new administrators")
    options = parser.parse_args(arguments)
    with connect(options, raiseOnError=True) as client:
        try:
            roles(client, options)
            administrators(client, options.new_password)
            instance(client, options)
        except MailStoreCallError as error:
            raise SystemExit(str(error)) from error
        for row in client.GetInstances("*")["result"]:
            print(f"{row['instanceID']}: {row['displayName']}")


def roles(client: Client, options: argparse.Namespace) -> None:
    name, thumbprint = options.server, options.thumbprint
    client.CreateInstanceHost2(name, 8472, thumbprint, options.folder)
    client.CreateClientAccessServer2(name, 443, thumbprint)
    # Both can be changed later, by the same values.
    client.UpdateInstanceHostConfiguration2(name, 8472, thumbprint, f"{options.folder}/customers")
    client.UpdateClientAccessServerConfiguration2(name, 8473, thumbprint)


def administrators(client: Client, password: str) -> None:
    client.CreateSystemAdministrator2("anna", "Anna Fox", password)
    client.UpdateSystemAdministratorConfiguration2("anna", "Anna Fox-Hill")
    # The method that the API itself has: its object may hold what the other has no argument for.
    config = {"userName": "bob", "fullName": "Bob Hill", "emailAddress": "bob@example.com"}
    client.CreateSystemAdministrator(config, password)


def instance(client: Client, options: argparse.Namespace) -> None:
    name = options.instance
    folder = f"{options.folder}/customers/{name}"
    client.CreateInstance2(name, options.server, "automatic", folder, displayName=f"Archive of {name}")
    client.SetIndexConfiguration2(name, ["txt", "html", "pdf", "docx"])
    client.SetStoreAutoCreateConfiguration2(name, interval="yearly", numberOfMessagesThreshold=None)
    # Stores and indexes were ours to arrange; all else the customer has to allow.
    client.SetArchiveAdminEnabled(name, True)
    client.SetComplianceConfiguration2(name, globalRetentionTimeYears=10)  # what is not named stays as it is
    client.SetArchiveAdminEnabled(name, False)


if __name__ == "__main__":
    main()
