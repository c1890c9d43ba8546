"""A client that waits for calls that take long, but for one call that it only starts."""

from __future__ import annotations

from examples.mailstore.spe.connection import connect, of_an_instance


def main(arguments: list[str] | None = None) -> None:
    options = of_an_instance(__doc__).parse_args(arguments)
    with connect(options, autoHandleToken=True) as client:
        started = client.MaintainFileSystemDatabases(options.instance, autoHandleToken=False)
        print(f"Maintenance is {started['statusCode']} as process {started['token']}.")
        print(f"It {client.HandleToken(started)['statusCode']}.")


if __name__ == "__main__":
    main()
