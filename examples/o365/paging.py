"""Go through a large mailbox page by page; the next page is asked for when its messages are wanted."""

from __future__ import annotations

from collections import Counter

from examples.o365.connection import connect, parser


def main(arguments: list[str] | None = None) -> None:
    made = parser(__doc__)
    made.add_argument("--limit", type=int, default=None, help="all messages if it is not given")
    made.add_argument("--batch", type=int, default=None, help="messages in a page")
    options = made.parse_args(arguments)
    mailbox = connect(options).mailbox()
    shown = mailbox.q().select("from")
    messages = mailbox.get_messages(limit=options.limit, batch=options.batch, query=shown)
    senders = Counter(message.sender.address for message in messages)
    for address, count in senders.most_common(5):
        print(f"{count:6} {address}")


if __name__ == "__main__":
    main()
