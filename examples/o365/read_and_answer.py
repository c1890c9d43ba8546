"""Find messages in the inbox, mark the first one as read, and answer it."""

from __future__ import annotations

from examples.o365.connection import connect, parser


def main(arguments: list[str] | None = None) -> None:
    made = parser(__doc__)
    made.add_argument("--about", default="roof", help="a word of the subject")
    options = made.parse_args(arguments)
    inbox = connect(options).mailbox().inbox_folder()
    query = inbox.new_query().on_attribute("subject").contains(options.about)
    messages = inbox.get_messages(limit=25, query=query)
    if not messages:
        print(f"Nothing about {options.about}.")
        return
    message = messages[0]
    message.mark_as_read()
    reply = message.reply(to_all=False)
    assert reply is not None, "only a connection that does not raise errors gives None"
    reply.body = "We will come on Monday."
    reply.cc.add("office@example.com")
    reply.send()
    print(f"Answered {message.sender}: {message.subject}")


if __name__ == "__main__":
    main()
