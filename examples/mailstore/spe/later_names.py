"""The same with the names of the client library of 2018: the instance is told once, and `call` takes any function."""

from __future__ import annotations

import logging

from examples.mailstore.spe.connection import arguments as login
from examples.mailstore.spe.connection import of_an_instance

from mailstore.mgmt import SPEClient


def main(arguments: list[str] | None = None) -> None:
    parser = of_an_instance(__doc__)
    parser.add_argument("--store", type=int, default=1)
    options = parser.parse_args(arguments)
    logging.basicConfig()  # failures go to the logger MGMTLogger
    with SPEClient(**login(options)) as client:
        client.instanceID = options.instance
        print(f"{len(client.call('GetUsers')['result'])} users")
        for status in client.YieldStatus(client.VerifyStore(options.store, autoHandleToken=False)):
            print(f"{status['statusCode']}, version {status['statusVersion']}")


if __name__ == "__main__":
    main()
