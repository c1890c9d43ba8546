"""Keep the messages of a day as EML files, with the headers that say how they came."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from examples.o365.connection import connect, parser


def main(arguments: list[str] | None = None) -> None:
    made = parser(__doc__)
    made.add_argument("--to", type=Path, required=True, metavar="DIR")
    made.add_argument("--day", type=dt.date.fromisoformat, default=dt.date.today())
    options = made.parse_args(arguments)
    mailbox = connect(options).mailbox()
    begin = dt.datetime.combine(options.day, dt.time())
    asked = mailbox.new_query().on_attribute("received_date_time").greater_equal(begin)
    asked = asked.chain("and").less(begin + dt.timedelta(days=1)).select("subject", "internet_message_headers")
    for number, message in enumerate(mailbox.get_messages(limit=None, query=asked), start=1):
        message.save_as_eml(options.to / f"{number:04}.eml")
        hops = sum(header["name"].lower() == "received" for header in message.message_headers)
        print(f"{number:04}.eml: {message.subject} ({hops} servers)")


if __name__ == "__main__":
    main()
