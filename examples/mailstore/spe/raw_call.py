"""Any function by its name, with arguments as name=value: for what has no method, and for trying things out."""

from __future__ import annotations

from examples.mailstore.spe.connection import connect, parser


def main(arguments: list[str] | None = None) -> None:
    made = parser(__doc__)
    made.add_argument("function")
    made.add_argument("values", nargs="*", metavar="name=value")
    options = made.parse_args(arguments)
    with connect(options) as client:
        values = dict(value.split("=", 1) for value in options.values)
        client.PrettyPrint(client.CallMethod(options.function, values))


if __name__ == "__main__":
    main()
