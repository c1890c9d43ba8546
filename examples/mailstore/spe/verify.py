"""A call that takes long, waited for in four ways: by the client, by HandleToken, by each status, by polling.

Without token handling the first answer comes at once; it has the token that the three helpers want.
"""

from __future__ import annotations

from collections.abc import Callable

from examples.mailstore.spe.connection import connect, of_an_instance

from mailstore.contract.shapes import Status
from mailstore.spe import Client


def automatic(client: Client, instance: str, store: int) -> Status:
    client.autoHandleToken = True  # the default of new clients
    status = client.VerifyStore(instance, store)
    tell(status)
    return status


def handled(client: Client, instance: str, store: int) -> Status:
    status = client.HandleToken(client.VerifyStore(instance, store))
    tell(status)
    return status


def each(client: Client, instance: str, store: int) -> Status:
    first = client.VerifyStore(instance, store)
    last = first
    for status in client.HandleTokenIter(first):
        tell(status)
        last = status
    return last


def polled(client: Client, instance: str, store: int) -> Status:
    status = client.VerifyStore(instance, store)
    while status["statusCode"] == "running":
        # Answers may lack the token; that of the first one stays good.
        status = {**client.GetStatus(status), "token": status["token"]}
        tell(status)
    return status


WAYS: dict[str, Callable[[Client, str, int], Status]] = {
    "automatic": automatic,
    "handled": handled,
    "each": each,
    "polled": polled,
}


def tell(status: Status) -> None:
    percent = "" if status["percentProgress"] is None else f" ({status['percentProgress']} %)"
    print(f"{(status['logOutput'] or '').replace(chr(13), '')}{status['statusCode']}{percent}")


def main(arguments: list[str] | None = None) -> None:
    parser = of_an_instance(__doc__)
    parser.add_argument("--store", type=int, default=1)
    parser.add_argument("--way", choices=WAYS, default="each")
    options = parser.parse_args(arguments)
    with connect(options, autoHandleToken=False) as client:
        status = WAYS[options.way](client, options.instance, options.store)
    print(f"The verification {status['statusCode']}.")


if __name__ == "__main__":
    main()
