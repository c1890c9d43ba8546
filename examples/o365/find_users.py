"""Find people in the directory, and write to the first one."""

from __future__ import annotations

from examples.o365.connection import connect, parser


def main(arguments: list[str] | None = None) -> None:
    made = parser(__doc__)
    made.add_argument("--name", default="Anna", help="how the display name begins")
    options = made.parse_args(arguments)
    account = connect(options)
    directory = account.directory()
    query = directory.new_query("display_name")
    query.startswith(options.name)
    users = list(directory.get_users(query=query))
    for user in users:
        print(f"{user} <{user.mail}>")
    if users:
        message = account.new_message()
        message.to.add(users[0].mail)
        message.subject = "Hello"
        message.save_draft()


if __name__ == "__main__":
    main()
