"""A regular call: which server is this?

Run with `python -m examples.mailstore.server_info --password ... --ca-file .../tls/ca.pem`.
"""

from __future__ import annotations

from examples.mailstore.connection import connect, parser


def main(arguments: list[str] | None = None) -> None:
    with connect(parser(__doc__).parse_args(arguments)) as client:
        status = client.GetServerInfo()
        client.PrettyPrint(status)
        print(f"\n{status['result']['machineName']} runs version {status['result']['version']}.")


if __name__ == "__main__":
    main()
