"""A message with attachments, small or large: those over 3 MiB go in pieces."""

from __future__ import annotations

from examples.o365.connection import connect, parser


def main(arguments: list[str] | None = None) -> None:
    made = parser(__doc__)
    made.add_argument("--to", required=True, nargs="+", metavar="ADDRESS")
    made.add_argument("--subject", default="The roof")
    made.add_argument("--attach", nargs="*", default=[], metavar="FILE")
    options = made.parse_args(arguments)
    message = connect(options).new_message()
    message.to.add(options.to)
    message.subject = options.subject
    message.body = "It leaks again, see the pictures."
    message.attachments.add(options.attach)
    message.send()
    print(f"Sent to {len(message.to)} with {len(message.attachments)} attachments.")


if __name__ == "__main__":
    main()
