"""A message that shows a picture within its text."""

from __future__ import annotations

from examples.o365.connection import connect, parser


def main(arguments: list[str] | None = None) -> None:
    made = parser(__doc__)
    made.add_argument("--to", required=True, metavar="ADDRESS")
    made.add_argument("--picture", required=True, metavar="FILE")
    options = made.parse_args(arguments)
    message = connect(options).new_message()
    message.to.add(options.to)
    message.subject = "Our new sign"
    message.attachments.add(options.picture)
    picture = message.attachments[0]
    picture.is_inline, picture.content_id = True, "sign"  # what the text refers to
    message.body = '<html><body><p>This is it:</p><img src="cid:sign"></body></html>'
    message.send()
    print(f"Sent with {picture.name} in the text.")


if __name__ == "__main__":
    main()
