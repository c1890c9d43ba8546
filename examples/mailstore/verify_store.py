"""A long-running call: verify a store and show what happens meanwhile; Ctrl-C asks the server to stop.

`--wait` lets the client do all of this by itself and prints the log at the end.
"""

from __future__ import annotations

from examples.mailstore.connection import connect, parser

from mailstore.server import Client


def main(arguments: list[str] | None = None) -> None:
    options = parser(__doc__)
    options.add_argument("--store", type=int, default=1)
    options.add_argument("--wait", action="store_true", help="print nothing before the end")
    chosen = options.parse_args(arguments)
    with connect(chosen, autoHandleToken=chosen.wait) as client:
        if chosen.wait:
            status = client.VerifyStore(chosen.store)
            print((status["logOutput"] or "").replace("\r\n", "\n"), end="")
            code = status["statusCode"]
        else:
            code = watch(client, chosen.store)
    print(f"The verification {code}.")


def watch(client: Client, store: int) -> str | None:
    """Print each status's part of the log; the last status code."""
    first = client.VerifyStore(store)
    process, code = first["token"], first["statusCode"]
    if process is None:  # it failed before it began
        print(first["error"])
        return code
    try:
        for status in client.HandleTokenIter(first):
            print((status["logOutput"] or "").replace("\r\n", "\n"), end="")
            code = status["statusCode"]
    except KeyboardInterrupt:
        client.CancelAsync(process)
        code = client.HandleToken(process)["statusCode"]
    return code


if __name__ == "__main__":
    main()
