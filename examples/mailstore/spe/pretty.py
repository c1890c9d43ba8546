"""An answer printed for people: nulls are left out, what is inside is indented."""

from __future__ import annotations

from examples.mailstore.spe.connection import connect, of_an_instance


def main(arguments: list[str] | None = None) -> None:
    parser = of_an_instance(__doc__)
    parser.add_argument("--about", default="admin", metavar="USER", help="the user to tell of")
    options = parser.parse_args(arguments)
    with connect(options) as client:
        client.PrettyPrint(client.GetUserInfo(options.instance, options.about))


if __name__ == "__main__":
    main()
