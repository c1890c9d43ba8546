"""A draft: saved now, changed, and sent by somebody else later."""

from __future__ import annotations

from examples.o365.connection import connect, parser


def main(arguments: list[str] | None = None) -> None:
    options = parser(__doc__).parse_args(arguments)
    message = connect(options).mailbox().new_message()
    message.to.add(["anna@example.com", "bob@example.com"])
    message.bcc.add(("Board", "board@example.com"))
    message.subject = "Offer"
    message.body = "Dear Anna, dear Bob"
    message.save_draft()
    message.importance = "high"
    message.add_category("Offers")
    message.save_draft()  # only what has changed since
    print(f"Saved: {message.web_link}")


if __name__ == "__main__":
    main()
