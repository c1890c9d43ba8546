"""What can go wrong, and how a program notices: the call, the login, the connection."""

from __future__ import annotations

from examples.mailstore.connection import connect, parser

from mailstore.errors import MailStoreCallError, MailStoreConnectionError, MailStoreHTTPError


def main(arguments: list[str] | None = None) -> None:
    options = parser(__doc__).parse_args(arguments)
    try:
        with connect(options) as client:
            status = client.GetUserInfo("a-name-nobody-has")
            if status["error"] is not None:
                print(f"The call {status['statusCode']}: {status['error']['message']}")

            client.raiseOnError = True  # for those who like exceptions better
            try:
                client.GetUserInfo("a-name-nobody-has")
            except MailStoreCallError as error:
                print(f"The same as an exception: {error}")

        options.password += "-wrong"
        with connect(options) as stranger:
            stranger.GetServerInfo()
    except MailStoreHTTPError as error:
        print(f"The server refused: {error.code} {error.msg}")
    except MailStoreConnectionError as error:
        print(f"No answer: {error}")


if __name__ == "__main__":
    main()
