"""Signing in and out, by hand and by a `with` block, and a regular call: which installation is this?

Run with `python -m examples.mailstore.spe.sign_in --host ... --password ... --ca-file ...`.
"""

from __future__ import annotations

from examples.mailstore.spe.connection import connect, parser


def main(arguments: list[str] | None = None) -> None:
    options = parser(__doc__).parse_args(arguments)

    client = connect(options)  # signs in with the first call
    status = client.GetEnvironmentInfo()
    print(f"{status['result']['serverName']} runs version {status['result']['version']}.")
    client.Logout()

    with connect(options) as client:  # signs in here, and out at the end
        print("Still there." if client.Ping()["statusCode"] == "succeeded" else "Gone.")


if __name__ == "__main__":
    main()
